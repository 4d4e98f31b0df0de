"""A mail server. Usage: mail.py (plain|starttls|tls) [CERTIFICATE KEY] [USER PASSWORD]. Prints its port (MAIL_PORT, or a free one), then one line of JSON for each
message that it takes. What is sent to refused@… it refuses for good, to later@… for now."""

import json
import os
import ssl
import sys
import warnings

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

warnings.simplefilter("ignore")


class Box:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("refused@"):
            return f"550 5.1.1 <{address}>: no such person"
        if address.startswith("later@"):
            return "451 4.3.0 come back later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        print(
            json.dumps(
                {
                    "from": envelope.mail_from,
                    "to": envelope.rcpt_tos,
                    "message": envelope.content.decode(),
                    "encrypted": server.transport.get_extra_info("ssl_object") is not None,
                    "user": session.auth_data.login.decode() if session.auth_data else None,
                }
            ),
            flush=True,
        )
        return "250 taken"


def main():
    mode, rest = sys.argv[1], sys.argv[2:]
    terms = {}
    if mode != "plain":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(rest[0], rest[1])
        rest = rest[2:]
        terms["ssl_context" if mode == "tls" else "tls_context"] = context
        terms["require_starttls"] = mode == "starttls"
    if rest:
        user, password = (word.encode() for word in rest)

        def authenticate(server, session, envelope, mechanism, data):
            right = (data.login, data.password) == (user, password)
            return AuthResult(success=right, handled=False, auth_data=data)

        terms.update(authenticator=authenticate, auth_required=True, auth_require_tls=mode == "starttls")
    controller = Controller(Box(), hostname="127.0.0.1", port=int(os.environ.get("MAIL_PORT", 0)) or free(), **terms)
    controller.start()
    print(controller.port, flush=True)
    sys.stdin.read()
    controller.stop()


def free():
    import socket

    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


main()
