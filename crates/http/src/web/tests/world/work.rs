//! The trust's department, and what the council hears of it.

use std::sync::Arc;

use kinfold_domain::{
    AgencyKind, Movement, MovementEvent, MovingPatient, Personal, Purpose, Subject, Visit,
};
use kinfold_service::{
    System,
    attendances::{AttendanceLists, Attendances},
    corrections::{Corrections, CorrectionsParts},
    department::{Arrivals, ArrivalsParts, Board, Coverages, HospitalInbox, Outcomes},
    exchange::HandOverNotice,
    ports::{Clock, HandOverStore, HospitalDesk, Received},
    records::Entry,
};
use tokio::sync::Notify;

use super::super::Department;
use super::Node;

/// The department with its pages.
pub(crate) struct TestDepartment {
    pub(crate) pages: Department,
    arrivals: Arrivals,
    inbox: HospitalInbox,
}

/// Attendances with their lists.
pub(crate) struct TestAttendances {
    pub(crate) lists: Arc<AttendanceLists>,
    kept: Arc<Attendances>,
}

fn purpose(text: &str) -> Purpose {
    text.parse().unwrap()
}

impl Node {
    fn is_council(&self) -> bool {
        self.core.agency.kind == AgencyKind::Council
    }

    /// Each call makes the use cases anew, over what the node keeps.
    pub(super) fn department(&self) -> Option<TestDepartment> {
        if self.is_council() {
            return None;
        }
        let (core, check) = (&self.core, self.check());
        let came = Arc::new(Notify::new());
        let purpose = purpose("direct-care-unscheduled");
        let label = "arrivals";
        let system = System::new(
            &core.agency.id,
            label.parse().unwrap(),
            "Arrivals",
            label.parse().unwrap(),
        );
        Some(TestDepartment {
            pages: Department {
                board: Arc::new(Board {
                    purpose: purpose.clone(),
                    check: Arc::clone(&check),
                    agreements: Arc::clone(&core.agreements),
                    present: Arc::clone(&self.present),
                    journal: core.journal.clone(),
                    clock: core.clock(),
                    entropy: Arc::clone(&core.entropy),
                    silent_after: jiff::SignedDuration::from_mins(60),
                }),
                outcomes: Arc::new(Outcomes {
                    purpose: purpose.clone(),
                    agreements: Arc::clone(&core.agreements),
                    present: Arc::clone(&self.present),
                    store: self.work.clone(),
                    journal: core.journal.clone(),
                    clock: core.clock(),
                    entropy: Arc::clone(&core.entropy),
                }),
                coverage: Arc::new(Coverages {
                    store: self.work.clone(),
                    journal: core.journal.clone(),
                    clock: core.clock(),
                }),
            },
            inbox: HospitalInbox::new(self.work.clone(), core.clock(), Arc::clone(&came)),
            arrivals: Arrivals::new(ArrivalsParts {
                system,
                purpose,
                check,
                agreements: Arc::clone(&core.agreements),
                present: Arc::clone(&self.present),
                store: self.work.clone(),
                journal: core.journal.clone(),
                clock: core.clock(),
                came,
            }),
        })
    }

    pub(super) fn attendances(&self) -> Option<TestAttendances> {
        let core = &self.core;
        let kept = || {
            Arc::new(Attendances::new(
                Arc::clone(&core.agreements),
                self.work.clone(),
                core.journal.clone(),
                core.clock(),
            ))
        };
        self.is_council().then(|| {
            let kept = kept();
            let lists = Arc::new(AttendanceLists {
                purpose: purpose("child-protection-enquiry"),
                attendances: Arc::clone(&kept),
                register: Arc::clone(&self.register),
                ledgers: Arc::clone(&self.ledgers),
                agreements: Arc::clone(&core.agreements),
                journal: core.journal.clone(),
                clock: core.clock(),
                entropy: Arc::clone(&core.entropy),
            });
            TestAttendances { lists, kept }
        })
    }

    pub(super) fn corrections(&self) -> Arc<Corrections> {
        let core = &self.core;
        Arc::new(Corrections::new(CorrectionsParts {
            purpose: purpose("child-protection-enquiry"),
            register: self.is_council().then(|| Arc::clone(&self.register)),
            agreements: Arc::clone(&core.agreements),
            store: self.work.clone(),
            journal: core.journal.clone(),
            clock: core.clock(),
            entropy: Arc::clone(&core.entropy),
        }))
    }

    /// The hospital's system books somebody in; the node deals with it.
    pub(crate) async fn books_in(&self, number: &str, subject: &Subject) {
        let department = self.department().unwrap();
        let personal = |text: String| Personal::new(text);
        let movement = Movement {
            event: MovementEvent::Registered,
            at: self.core.clock.now(),
            patient: MovingPatient {
                number: personal(number.to_owned()),
                subject: subject.clone(),
            },
            visit: Some(Visit {
                number: Some(personal(format!("V{number}"))),
                place: Some("Emergency department".to_owned()),
                ..Visit::default()
            }),
            merged: Vec::new(),
        };
        let received = Received {
            sender: "pas".to_owned(),
            control_id: number.to_owned(),
            raw: Personal::new(number.as_bytes().to_vec()),
            content: Ok(movement),
        };
        department.inbox.take(received).await.unwrap();
        department.arrivals.work().await.unwrap();
    }

    /// Tells this council's node of what the trust's ledger has for it, as the outbox would.
    pub(crate) async fn hears(&self, trust: &Self) {
        let known = self.attendances().unwrap();
        for (_, entry) in trust.core.journal.read_all(0, trust.core.journal.ledger().size()) {
            if let Ok(Some(Entry::Attendance(step))) = entry {
                known.kept.hear_for_tests(&trust.core.agency.id, *step).await;
            }
        }
    }

    /// Tells this council's node of what another's ledger has for it, and the other way round, as the outboxes would.
    pub(crate) async fn talks_to(&self, other: &Self) {
        for _ in 0..2 {
            other.hears_hand_overs(self).await;
            self.hears_hand_overs(other).await;
        }
    }

    async fn hears_hand_overs(&self, from: &Self) {
        let known = self.hand_overs.as_ref().unwrap();
        for (_, entry) in from.core.journal.read_all(0, from.core.journal.ledger().size()) {
            if let Ok(Some(Entry::HandOver { step, .. })) = entry {
                let item = from.work.hand_over(step.hand_over).await.unwrap().unwrap();
                let notice = HandOverNotice { step: *step, handed: item.handed };
                known.hear_for_tests(&from.core.agency.id, notice).await;
            }
        }
        known.work().await.unwrap();
    }
}
