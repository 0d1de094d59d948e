from tests.cloud.biometrics.conftest import keyring_url

__all__ = ["keyring_url"]
