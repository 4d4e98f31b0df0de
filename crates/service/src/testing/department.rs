//! A hospital's department and what a council hears of it, joined as the program does it.

use std::sync::Arc;

use tokio::sync::Notify;

use super::Ground;
use crate::{
    Journal, System,
    agreements::Agreements,
    attendances::{AttendanceLimits, AttendanceLists, Attendances, Escalations},
    audit::{Hearers, Ledgers},
    check::Check,
    corrections::{Corrections, CorrectionsParts},
    department::{Arrivals, ArrivalsParts, Board, HospitalInbox, Outcomes, Present},
    register::{HandOvers, Register},
};

/// What a hospital's node does for its department.
pub struct TestDepartment {
    /// The way in for messages.
    pub inbox: Arc<HospitalInbox>,
    /// The work on them.
    pub arrivals: Arc<Arrivals>,
    /// The board.
    pub board: Arc<Board>,
    /// What became of attendances.
    pub outcomes: Arc<Outcomes>,
}

/// What a council's node does about attendances at its partners.
pub struct TestAttendances {
    /// Lists and answers.
    pub lists: Arc<AttendanceLists>,
    /// Who is asked next.
    pub escalations: Arc<Escalations>,
    /// What is kept.
    pub kept: Arc<Attendances>,
}

impl TestDepartment {
    pub(super) async fn open(
        ground: &Ground,
        (journal, agreements, check): (&Journal, &Arc<Agreements>, &Arc<Check>),
    ) -> Self {
        let (came, present) = (Arc::new(Notify::new()), Arc::new(Present::default()));
        present
            .load(&*ground.work, journal, crate::ports::Clock::now(&*ground.clock))
            .await
            .expect("stored");
        let purpose: kinfold_domain::Purpose =
            "direct-care-unscheduled".parse().expect("a purpose");
        let label = "arrivals";
        let system = System::new(
            &ground.agency.id,
            label.parse().expect("a label"),
            "Arrivals",
            label.parse().expect("a label"),
        );
        let (store, clock) = (ground.work.clone(), ground.clock.clone());
        Self {
            inbox: Arc::new(HospitalInbox::new(store.clone(), clock.clone(), Arc::clone(&came))),
            arrivals: Arc::new(Arrivals::new(ArrivalsParts {
                system,
                purpose: purpose.clone(),
                check: Arc::clone(check),
                agreements: Arc::clone(agreements),
                present: Arc::clone(&present),
                store: store.clone(),
                journal: journal.clone(),
                clock: clock.clone(),
                came,
            })),
            board: Arc::new(Board {
                purpose: purpose.clone(),
                check: Arc::clone(check),
                agreements: Arc::clone(agreements),
                present: Arc::clone(&present),
                journal: journal.clone(),
                clock: clock.clone(),
                entropy: ground.entropy.clone(),
                silent_after: jiff::SignedDuration::from_mins(60),
            }),
            outcomes: Arc::new(Outcomes {
                purpose,
                agreements: Arc::clone(agreements),
                present,
                store,
                journal: journal.clone(),
                clock,
                entropy: ground.entropy.clone(),
            }),
        }
    }
}

impl TestAttendances {
    pub(super) fn open(
        ground: &Ground,
        (journal, agreements): (&Journal, &Arc<Agreements>),
        (register, ledgers): (&Arc<Register>, &Arc<Ledgers>),
    ) -> Self {
        let kept = Arc::new(Attendances::new(
            Arc::clone(agreements),
            ground.work.clone(),
            journal.clone(),
            ground.clock.clone(),
        ));
        Self {
            lists: Arc::new(AttendanceLists {
                purpose: "child-protection-enquiry".parse().expect("a purpose"),
                attendances: Arc::clone(&kept),
                register: Arc::clone(register),
                ledgers: Arc::clone(ledgers),
                agreements: Arc::clone(agreements),
                journal: journal.clone(),
                clock: ground.clock.clone(),
                entropy: ground.entropy.clone(),
            }),
            escalations: Arc::new(Escalations {
                attendances: Arc::clone(&kept),
                register: Arc::clone(register),
                limits: AttendanceLimits::default(),
            }),
            kept,
        }
    }
}

pub(super) fn corrections(
    ground: &Ground,
    (journal, agreements): (&Journal, &Arc<Agreements>),
    register: Option<Arc<Register>>,
) -> Arc<Corrections> {
    Arc::new(Corrections::new(CorrectionsParts {
        purpose: "child-protection-enquiry".parse().expect("a purpose"),
        register,
        agreements: Arc::clone(agreements),
        store: ground.work.clone(),
        journal: journal.clone(),
        clock: ground.clock.clone(),
        entropy: ground.entropy.clone(),
    }))
}

pub(super) fn hearers(
    department: Option<&TestDepartment>,
    attendances: Option<&TestAttendances>,
    corrections: &Arc<Corrections>,
    hand_overs: Option<&Arc<HandOvers>>,
) -> Hearers {
    Hearers {
        attendances: attendances.map(|attendances| Arc::clone(&attendances.kept)),
        outcomes: department.map(|department| Arc::clone(&department.outcomes)),
        corrections: Some(Arc::clone(corrections)),
        hand_overs: hand_overs.map(Arc::clone),
    }
}
