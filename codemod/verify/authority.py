"""A certificate authority of one run, and the certificates it gives to any host that is asked for."""

from __future__ import annotations

import ssl
from pathlib import Path
from threading import Lock

import trustme


class Authority:
    """Lives in ``folder``, which must be private: nobody else may read what is put there for a moment.

    The key of the authority stays in memory. ``certificate`` is the file that a program has to trust.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._authority = trustme.CA()
        self._contexts: dict[str, ssl.SSLContext] = {}
        self._lock = Lock()
        self.certificate = folder / "authority.pem"
        self.certificate.write_bytes(self._authority.cert_pem.bytes())

    def context(self, host: str) -> ssl.SSLContext:
        """What a server needs to speak for ``host``. Raises ValueError for a name that no certificate can hold."""
        with self._lock:
            if host not in self._contexts:
                self._contexts[host] = self._new_context(host)
            return self._contexts[host]

    def _new_context(self, host: str) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        leaf = self._authority.issue_cert(host)
        # The standard library loads keys from files only.
        with leaf.private_key_and_cert_chain_pem.tempfile(dir=str(self._folder)) as path:
            context.load_cert_chain(path)
        return context
