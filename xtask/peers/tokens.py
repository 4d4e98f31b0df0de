"""Verifications of eight-digit codes in a second of a core, by pyotp and by privacyIDEA: what `kinfold bench token` is set beside.

Prints one JSON object. Each code is a fresh one of its own moment, and right. Counted by the process's own time, without waiting for a disk.
"""

import json
import logging
import os
import sys
import tempfile
import time

SECONDS = 5.0
SECRET = b"12345678901234567890"
STEP = 30  # privacyIDEA's shortest but for a setting of its own; the arithmetic is the same at eight.
START = 1_800_000_000


def rate(verify, codes):
    """How many in a second, over as many codes as fit into the time."""
    began, done = time.process_time(), 0
    for at, code in codes:
        assert verify(at, code), "a right code was refused"
        done += 1
        if done % 16 == 0 and time.process_time() - began > SECONDS:
            break
    return done / (time.process_time() - began)


def codes(count):
    import base64

    import pyotp

    totp = pyotp.TOTP(base64.b32encode(SECRET).decode(), digits=8, interval=STEP)
    return totp, [(START + step * STEP, totp.at(START + step * STEP)) for step in range(count)]


def by_pyotp():
    totp, known = codes(200_000)
    return rate(lambda at, code: totp.verify(code, for_time=at, valid_window=2), known)


def by_privacyidea():
    """Its own check of a token, with its look-ups and the counter that it writes, over SQLite in memory: no disk slows it down."""
    logging.disable(logging.CRITICAL)
    folder = tempfile.mkdtemp()
    os.environ["PRIVACYIDEA_CONFIGFILE"] = os.path.join(folder, "pi.cfg")
    with open(os.path.join(folder, "enckey"), "wb") as file:
        file.write(os.urandom(96))
    with open(os.environ["PRIVACYIDEA_CONFIGFILE"], "w", encoding="utf-8") as file:
        file.write(
            "SQLALCHEMY_DATABASE_URI = 'sqlite://'\n"
            f"PI_ENCFILE = '{folder}/enckey'\n"
            "SECRET_KEY = 'only for this measurement'\n"
            "PI_PEPPER = 'only for this measurement'\n"
            "PI_AUDIT_MODULE = 'privacyidea.lib.auditmodules.base'\n"
            "PI_AUDIT_NO_SIGN = True\n"
            f"PI_LOGFILE = '{folder}/pi.log'\n"
            "PI_LOGLEVEL = 50\n"
        )
    from privacyidea.app import create_app
    from privacyidea.lib.token import get_tokens, init_token
    from privacyidea.models import db

    app = create_app(config_name="production", config_file=os.environ["PRIVACYIDEA_CONFIGFILE"], silent=True)
    with app.app_context():
        db.create_all()
        init_token({"type": "totp", "otpkey": SECRET.hex(), "otplen": 8, "timeStep": STEP, "serial": "BENCH1"})

        def verify(at, code):
            token = get_tokens(serial="BENCH1")[0]
            return token.check_otp(code, window=60, options={"initTime": str(at)}) >= 0

        with app.test_request_context():
            return rate(verify, codes(200_000)[1])


ours = json.loads(sys.argv[1])
pyotp, privacyidea = by_pyotp(), by_privacyidea()
print(
    json.dumps(
        ours
        | {
            "pyotp_per_s": round(pyotp),
            "privacyidea_per_s": round(privacyidea),
            "ratio_verify_to_pyotp": round(ours["verify_per_s"] / pyotp, 1),
            "ratio_kept_to_privacyidea": round(ours["kept_per_s"] / privacyidea, 1),
        },
        indent=1,
    )
)
