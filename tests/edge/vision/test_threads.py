"""Threads by cores, and what numpy is told before it is imported."""

import subprocess
import sys

import pytest

from edge.vision.threads import Threads, one_thread_for_numpy, threads_for


@pytest.mark.parametrize(("cores", "detector"), [(1, 1), (2, 1), (3, 1), (4, 2), (8, 2)])
def test_looks_have_one_thread_and_the_detector_a_second_where_there_is_a_core_for_it(cores, detector):
    assert threads_for(cores) == Threads(detector=detector, looks=1)


def test_what_somebody_has_set_stays():
    environ = {"OMP_NUM_THREADS": "3"}
    one_thread_for_numpy(environ)
    assert environ == {"OMP_NUM_THREADS": "3", "OPENBLAS_NUM_THREADS": "1"}


def test_numpy_is_not_imported_before_its_threads_are_set():
    """Else the setting comes too late."""
    program = "import sys, edge.__main__; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
