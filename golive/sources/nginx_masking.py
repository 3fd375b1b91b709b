"""Credentials in nginx.conf, masked before anything else sees them."""

from __future__ import annotations

from dataclasses import replace

from golive.sources.credentials import marker, mask_text
from golive.sources.tree import NginxConfig, NginxDirective

_SETS_HEADER = frozenset({"proxy_set_header", "grpc_set_header", "add_header", "uwsgi_param"})


def mask_nginx(config: NginxConfig) -> NginxConfig:
    """*config* with markers (see :mod:`golive.sources.kubernetes.masking`) for credentials.

    Masked: keys of known forms, and the value of an Authorization header that is written out.
    """
    return replace(config, directives=tuple(map(_masked, config.directives)))


def _masked(directive: NginxDirective) -> NginxDirective:
    args = tuple(map(mask_text, directive.args))
    if directive.name in _SETS_HEADER and len(args) > 1 and args[0].lower() == "authorization":
        args = (args[0], *(a if "$" in a or not a else marker(a) for a in args[1:]))
    block = None if directive.block is None else tuple(map(_masked, directive.block))
    if args == directive.args and block == directive.block:
        return directive
    return replace(directive, args=args, block=block)
