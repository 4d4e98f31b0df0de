"""A hospital's system: builds ADT messages with `hl7apy`, sends them with `hl7`, and judges the acknowledgements by the standard's
structures. Usage: hospital.py PORT. Prints one line of JSON for each message. Every person is invented."""

import json
import sys

import hl7
from hl7.client import MLLPClient
from hl7apy import core
from hl7apy.consts import VALIDATION_LEVEL
from hl7apy.exceptions import HL7apyException
from hl7apy.parser import parse_segments

EVENTS = ["A01", "A03", "A04", "A08", "A11", "A13", "A28", "A31", "A40"]
VERSIONS = ["2.3", "2.3.1", "2.4", "2.5", "2.5.1"]
# Structures by event (HL7 2.5.1 chapter 3); before 2.4 A28 and A31 had that of A01.
STRUCTURES = {"A03": "ADT_A03", "A11": "ADT_A09", "A28": "ADT_A05", "A31": "ADT_A05", "A40": "ADT_A39"}


NUMBERS = ["H0012345^^^ASHMOOR^MR", "9990000018^^^NHS^NH"]


def structure(event, version):
    old = version in ("2.3", "2.3.1")
    return "ADT_A01" if old and event in ("A28", "A31") else STRUCTURES.get(event, "ADT_A01")


def header(message, event, version, control_id):
    message.msh.msh_3 = "PAS"
    message.msh.msh_4 = "ASHMOOR"
    message.msh.msh_5 = "KINFOLD"
    message.msh.msh_6 = "ASHMOOR"
    message.msh.msh_7 = "20261101115500"
    kind = f"ADT^{event}"
    message.msh.msh_9 = kind if version == "2.3" else f"{kind}^{structure(event, version)}"
    message.msh.msh_10 = control_id
    message.msh.msh_11 = "P"
    message.evn.evn_1 = event
    message.evn.evn_2 = "20261101115500"


def build(event, version, control_id):
    """A message that `hl7apy` finds in order."""
    message = core.Message(structure(event, version), version=version, validation_level=VALIDATION_LEVEL.STRICT)
    header(message, event, version, control_id)
    place = message.adt_a39_patient if event == "A40" else message
    pid = place.pid
    for number in NUMBERS:
        pid.add_field("pid_3").value = number
    pid.pid_5 = "O'Test-Zoë^Ada"
    pid.pid_7 = "20190331"
    pid.pid_8 = "F"
    pid.pid_11 = "1 Sample Row^^Ashmoor^^S60 1AA"
    if event == "A40":
        place.mrg.mrg_1 = "H0054321^^^ASHMOOR^MR"
    else:
        message.pv1.pv1_2 = "E"
        message.pv1.pv1_3 = "ED"
        message.pv1.pv1_19 = "V1"
    message.validate()
    return message.to_er7()


def judge(answer, control_id):
    """What an acknowledgement says, and what is wrong with it."""
    problems = []
    text = answer.decode()
    if not (text.startswith("\x0b") and text.endswith("\x1c\r")):
        problems.append("the frame is broken")
    text = text.strip("\x0b\x1c\r") + "\r"
    version = control_id.split("-")[0]
    try:
        read = core.Message("ACK", version=version, validation_level=VALIDATION_LEVEL.STRICT)
        read.children = parse_segments(text, version=version, validation_level=VALIDATION_LEVEL.STRICT)
        read.validate()
    except HL7apyException as error:
        problems.append(f"hl7apy: {error}")
    plain = hl7.parse(text)
    if str(plain.segment("MSA")[2]) != control_id:
        problems.append("MSA-2 is another message's")
    return {"code": str(plain.segment("MSA")[1]), "problems": problems, "text": text}


def cases():
    for version in VERSIONS:
        for event in EVENTS:
            control_id = f"{version}-{event}"
            yield control_id, build(event, version, control_id)
        good = build("A04", version, f"{version}-broken")
        yield f"{version}-broken", good.replace("~".join(NUMBERS), "")
        yield f"{version}-event", build("A04", version, f"{version}-event").replace("ADT^A04", "ADT^A05")
        yield f"{version}-processing", build("A04", version, f"{version}-processing").replace("|P|2", "|T|2")


def main():
    # One connection, as hospitals keep it.
    with MLLPClient("127.0.0.1", int(sys.argv[1])) as client:
        for control_id, message in cases():
            said = judge(client.send_message(message), control_id)
            print(json.dumps({"id": control_id, **said}))


if __name__ == "__main__":
    main()
