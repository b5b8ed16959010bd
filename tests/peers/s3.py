"""An object store that speaks S3: moto's server."""

from __future__ import annotations

import contextlib
import urllib.request
from collections.abc import Iterator

import fsspec
import pytest
from moto.server import ThreadedMotoServer

BUCKET = "moteplassen"


@contextlib.contextmanager
def s3() -> Iterator[str]:
    """The address of an empty bucket while the block lasts; the environment says where it is and who may use it."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
            patch.setenv("AWS_ACCESS_KEY_ID", "key")
            patch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
            patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
            patch.setenv("AWS_MAX_ATTEMPTS", "1")
            fsspec.get_filesystem_class("s3").clear_instance_cache()  # or what another server had is asked for there
            made = urllib.request.Request(f"http://{host}:{port}/{BUCKET}", method="PUT")
            with urllib.request.urlopen(made):
                yield f"s3://{BUCKET}"
    finally:
        server.stop()
