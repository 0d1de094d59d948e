"""A wheel that pip takes for ours: small, with the program that a unit's services run."""

import base64
import hashlib
import zipfile
from pathlib import Path


def diemdanh_wheel(folder: Path, version: str, program: str = "print('hello')") -> Path:
    """`program` is what `diemdanh-edge` does."""
    info = f"diemdanh-{version}.dist-info"
    files = {
        "release_probe.py": f"def main():\n    {program}\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: diemdanh\nVersion: {version}\nProvides-Extra: edge\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/entry_points.txt": "[console_scripts]\ndiemdanh-edge = release_probe:main\n",
    }
    records = [
        f"{name},sha256={base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b'=').decode()},{len(text)}"
        for name, text in files.items()
    ]
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"diemdanh-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        for name, text in files.items():
            wheel.writestr(name, text)
        wheel.writestr(f"{info}/RECORD", "\n".join([*records, f"{info}/RECORD,,", ""]))
    return path
