"""What the scripts are started with: one line and status 2 if it is wrong."""

import os
import shutil
import sys


def fail(message):
    print(message, file=sys.stderr)
    sys.exit(2)


def read(documentation, at_least, at_most):
    """The arguments, if there are as many as there should be; with --help, the documentation."""
    arguments = sys.argv[1:]
    if arguments in (["-h"], ["--help"]):
        print(documentation.strip())
        sys.exit(0)
    if not at_least <= len(arguments) <= at_most or any(argument.startswith("-") for argument in arguments):
        fail(next(line for line in documentation.splitlines() if line.startswith("usage:")))
    return arguments + [None] * (at_most - len(arguments))


def executable(path):
    if not (os.path.isfile(path) and os.access(path, os.X_OK)):
        fail(f"{path}: not an executable file")
    return os.path.abspath(path)


def folder(path):
    """Makes the folder if it is not there."""
    try:
        os.makedirs(path, exist_ok=True)
    except OSError as error:
        fail(f"{path}: {error.strerror}")
    return path


def browser():
    if not shutil.which("chromedriver") or not (shutil.which("chromium") or shutil.which("chrome")):
        fail("Debian's chromium and chromium-driver are not installed")
