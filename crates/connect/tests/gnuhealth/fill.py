"""Puts synthetic people into a GNU Health database through GNU Health's own models, so that its own rules hold for them.

    fill.py DATABASE    (configuration in the file that TRYTOND_CONFIG names)
"""

import datetime
import sys

from trytond.config import config

config.update_etc()

from trytond.pool import Pool  # noqa: E402
from trytond.transaction import Transaction  # noqa: E402

DATABASE = sys.argv[1]

PEOPLE = [
    # family, given, sex, date of birth, number, street, postcode
    ("O'Test-Świętek", "Ada Zoë", "f", datetime.date(2019, 3, 31), "9990000018", "1 Sample Row\nUpper Flat", "S60 1AA"),
    ("Example", "Grace", "f", datetime.date(2015, 7, 1), "9990000019", "2 Sample Row", "NOWHERE"),
    ("Example", "Alan", "m", datetime.date(2012, 2, 29), None, "3 Sample Row", "S60 1AB"),
    ("Leaver", "Gone", "m", datetime.date(2010, 1, 1), None, "4 Sample Row", "S60 1AB"),
    ("محمد", "فاطمة", "f", datetime.date(2018, 12, 31), None, "5 Sample Row", "S60 1AC"),
]


def employ(pool):
    """A professional, whom GNU Health wants behind every entry."""
    [party] = pool.get("party.party").create([{
        "name": "Rosa", "lastname": "Nurse", "gender": "f", "dob": datetime.date(1980, 5, 5), "fed_country": "GBR",
        "is_person": True, "is_healthprof": True, "internal_user": 1,
        "contact_mechanisms": [("create", [{"type": "phone", "value": "01632 960001"}])],
    }])
    [professional] = pool.get("gnuhealth.healthprofessional").create([{"party": party.id}])
    return professional


def fill(pool):
    professional = employ(pool)
    Party, Patient = pool.get("party.party"), pool.get("gnuhealth.patient")
    patients = []
    for family, given, sex, born, number, street, postcode in PEOPLE:
        address = {"street": street, "city": "Ashmoor", "postal_code": postcode}
        [party] = Party.create([{
            "name": given, "lastname": family, "gender": sex, "dob": born, "ref": number, "fed_country": "GBR",
            "is_person": True, "is_patient": True, "addresses": [("create", [address])],
        }])
        patients += Patient.create([{
            "party": party.id, "biological_sex": sex, "primary_care_doctor": professional.id,
        }])
    ada, grace, alan, leaver, fatima = patients

    Name = pool.get("gnuhealth.person_name")
    Name.create([{"party": ada.party.id, "family": "Former", "given": "Ada", "use": "old"}])
    Party.write([leaver.party], {"active": False})
    Patient.write([leaver], {"active": False})

    [mother] = Party.create([{
        "name": "Mary", "lastname": "O'Test", "gender": "f", "dob": datetime.date(1990, 1, 2), "fed_country": "GBR",
        "is_person": True,
    }])
    Family = pool.get("gnuhealth.family")
    Family.create([{"name": "O'Test household", "members": [("create", [
        {"party": ada.party.id, "role": "Child"}, {"party": mother.id, "role": "Mother"},
    ])]}])

    Pathology = pool.get("gnuhealth.pathology")
    asthma, nuts, other = Pathology.create([
        {"code": "J45", "name": "Asthma"}, {"code": "Z91.01", "name": "Nut allergy"}, {"code": "Z72.5", "name": "Sensitive matter"},
    ])
    Disease = pool.get("gnuhealth.patient.disease")
    Disease.create([
        {"patient": ada.id, "pathology": asthma.id, "diagnosed_date": datetime.date(2022, 5, 6)},
        {"patient": ada.id, "pathology": nuts.id, "is_allergy": True},
        {"patient": ada.id, "pathology": other.id},
        {"patient": alan.id, "pathology": asthma.id},
    ])

    Appointment = pool.get("gnuhealth.appointment")
    Appointment.create([
        {"patient": ada.id, "appointment_date": datetime.datetime(2026, 7, 1, 9, 30), "state": "done",
         "urgency": "b", "comments": "Fall from a swing"},
        {"patient": grace.id, "appointment_date": datetime.datetime(2026, 7, 2, 9, 30), "state": "done"},
    ])


pool = Pool(DATABASE)
pool.init()
with Transaction().start(DATABASE, 1, context={"company": None}) as transaction:
    fill(pool)
    transaction.commit()
