use std::collections::BTreeMap;

use kinfold_domain::{AgencyId, Personal};
use uuid::Uuid;

use super::*;
use crate::{
    department::StepKind,
    feeds::{AlarmStep, FeedId},
    notifications::{Destination, Event},
    records::{Asker, Wrong},
};

fn agency() -> AgencyId {
    "trust".parse().unwrap()
}

fn asker() -> Asker {
    Asker {
        agency: agency(),
        employee: EmployeeId(Uuid::from_u128(1)),
        user_name: "nurse".parse().unwrap(),
        name: Personal::new("Nurse Testperson".to_owned()),
        job_title: "Nurse".to_owned(),
        role: "ed-clinician".parse().unwrap(),
    }
}

fn alarm(at: Timestamp) -> Entry {
    Entry::FeedAlarm(Box::new(AlarmChanged {
        at,
        alarm: Uuid::from_u128(4),
        feed: FeedId::Source("case-system".to_owned()),
        what: AlarmStep::Taken,
        since: at,
        told: vec![EmployeeId(Uuid::from_u128(1))],
        by: Some(asker()),
    }))
}

fn passkey(at: Timestamp) -> Entry {
    Entry::Passkey(Box::new(PasskeyWord {
        at,
        passkey: Some(Uuid::from_u128(6)),
        employee: Some(EmployeeId(Uuid::from_u128(1))),
        what: "refused".to_owned(),
        what_for: None,
        why: Some("counter-went-back".to_owned()),
        by: Some(asker()),
        address: Some("10.20.0.7".parse::<std::net::IpAddr>().unwrap().into()),
    }))
}

fn emergency(at: Timestamp) -> Entry {
    Entry::EmergencyCodes(Box::new(SheetWord {
        at,
        sheet: Some(Uuid::from_u128(7)),
        employee: Some(EmployeeId(Uuid::from_u128(1))),
        what: "signed-in".to_owned(),
        why: Some("lost".to_owned()),
        left: Some(3),
        by: Some(asker()),
        address: Some("10.20.0.7".parse::<std::net::IpAddr>().unwrap().into()),
    }))
}

fn linked(at: Timestamp) -> Entry {
    Entry::IdentityLink(Box::new(LinkWord {
        at,
        employee: EmployeeId(Uuid::from_u128(1)),
        what: "linked".to_owned(),
        issuer: "https://idp.example".to_owned(),
        subject: "787807429511".into(),
        by: vec![asker(), asker()],
    }))
}

fn signed_in(at: Timestamp) -> Entry {
    let (employee, how) = (EmployeeId(Uuid::from_u128(1)), "step-up".to_owned());
    let what_for = Some("export-who-looked".to_owned());
    let address = Some("2001:db8::7".parse::<std::net::IpAddr>().unwrap().into());
    Entry::SignedIn { at, employee, how, what_for, by: None, address }
}

fn put_aside(at: Timestamp) -> Entry {
    Entry::Notification(Box::new(NotificationStep {
        at,
        notification: Uuid::from_u128(5),
        event: Event::FeedStopped,
        to: Destination::Employee(EmployeeId(Uuid::from_u128(1))),
        what: NotificationStep::PUT_ASIDE.to_owned(),
        tries: 12,
        by: None,
    }))
}

fn key(at: Timestamp) -> Entry {
    Entry::Key {
        at,
        key: "seeds".to_owned(),
        what: "replaced".to_owned(),
        lies: "pkcs11".to_owned(),
        now: "0123456789abcdef".to_owned(),
        before: "fedcba9876543210".to_owned(),
    }
}

fn ordered(at: Timestamp) -> Entry {
    Entry::TokensOrdered(Box::new(TokenOrdered {
        at,
        order: "PO-1".to_owned(),
        what: "ordered".to_owned(),
        vendor: "A maker of fobs".to_owned(),
        tokens: 50,
        arrived: 0,
        by: Vec::new(),
    }))
}

/// An entry is told by its tag among its own fields: a field of the same name would make it unreadable for ever.
#[test]
fn every_entry_about_attendances_corrections_alarms_and_notifications_reads_back_as_it_was_written()
{
    let (at, partner) = (Timestamp::UNIX_EPOCH, agency());
    let acknowledged =
        Box::new(Acknowledged { attendance: AttendanceId(Uuid::from_u128(2)), at, by: asker() });
    let step = Box::new(AttendanceStep {
        attendance: AttendanceId(Uuid::from_u128(2)),
        number: 0,
        at,
        what: StepKind::Arrived,
        arrived: at,
        place: Some("Emergency department".to_owned()),
        by: asker(),
        concerns: BTreeMap::from([(agency(), vec!["cpp-1".parse().unwrap()])]),
    });
    let correction = Box::new(Correction {
        id: Uuid::from_u128(3),
        at,
        by: asker(),
        owner: agency(),
        register_entry: "cpp-1".parse().unwrap(),
        wrong: Wrong::Worker,
    });
    for entry in [
        alarm(at),
        put_aside(at),
        emergency(at),
        passkey(at),
        linked(at),
        signed_in(at),
        key(at),
        ordered(at),
        Entry::Attendance(step.clone()),
        Entry::AttendanceHeard { at, partner: partner.clone(), step },
        Entry::AttendanceEscalated {
            at,
            partner: partner.clone(),
            attendance: AttendanceId(Uuid::from_u128(2)),
            to: "team-manager".parse().unwrap(),
        },
        Entry::AttendanceAcknowledged {
            partner: partner.clone(),
            acknowledged: acknowledged.clone(),
        },
        Entry::AcknowledgementHeard { at, partner, acknowledged },
        Entry::Correction(correction.clone()),
        Entry::CorrectionHeard { at, correction },
        Entry::CorrectionSettled {
            at,
            correction: Uuid::from_u128(3),
            by: EmployeeId(Uuid::from_u128(1)),
        },
    ] {
        let json = serde_json::to_vec(&entry).unwrap();
        let read: Entry = serde_json::from_slice(&json).unwrap();
        assert_eq!(read, entry);
        assert_eq!(read.at(), at);
    }
}
