//! The department of a hospital, and what its partners hear of it.

use std::sync::Arc;

use anyhow::Context;
use jiff::SignedDuration;
use kinfold_connect::mllp::{MllpListener, Watch};
use kinfold_domain::{Purpose, Role};
use kinfold_service::{
    System,
    attendances::{AttendanceLists, Attendances, Escalations},
    audit::{Hearers, Ledgers},
    check::Check,
    corrections::{Corrections, CorrectionsParts},
    department::{Arrivals, ArrivalsParts, Board, Coverages, HospitalInbox, Outcomes, Present},
    feeds::{HospitalSenders, SenderHealth},
    ports::{AttendanceStore, CorrectionStore, DepartmentStore, HospitalDesk},
    register::{HandOvers, Register},
};
use tokio::sync::Notify;

use super::parts::{Ground, Node};
use crate::config::Config;

/// What a hospital's node does for its department.
pub(crate) struct Department {
    pub(crate) inbox: Arc<HospitalInbox>,
    pub(crate) arrivals: Arc<Arrivals>,
    pub(crate) board: Arc<Board>,
    pub(crate) outcomes: Arc<Outcomes>,
    pub(crate) coverage: Arc<Coverages>,
}

/// What a register's owner does about attendances at its partners.
pub(crate) struct AtPartners {
    pub(crate) lists: Arc<AttendanceLists>,
    pub(crate) escalations: Arc<Escalations>,
}

fn purpose(text: &str) -> anyhow::Result<Purpose> {
    text.parse().with_context(|| format!("{text} is no purpose"))
}

pub(super) async fn department(
    config: &Config,
    ground: &Ground,
    check: &Arc<Check>,
) -> anyhow::Result<Option<Department>> {
    let Some(terms) = &config.department else { return Ok(None) };
    let store = Arc::clone(&ground.store) as Arc<dyn DepartmentStore>;
    let (came, present) = (Arc::new(Notify::new()), Arc::new(Present::default()));
    let loading = present.load(&*store, &ground.journal, ground.clock.now());
    loading.await.context("the attendances can't be loaded")?;
    let system = System::new(
        &config.agency.id,
        Role::ARRIVALS.parse().context("the node's own name")?,
        "Arrivals of the department",
        Role::ARRIVALS.parse().context("the node's own role")?,
    );
    let purpose = terms.purpose.clone();
    Ok(Some(Department {
        inbox: Arc::new(HospitalInbox::new(
            Arc::clone(&store),
            Arc::clone(&ground.clock),
            Arc::clone(&came),
        )),
        arrivals: Arc::new(Arrivals::new(ArrivalsParts {
            system,
            purpose: purpose.clone(),
            check: Arc::clone(check),
            agreements: Arc::clone(&ground.agreements),
            present: Arc::clone(&present),
            store: Arc::clone(&store),
            journal: ground.journal.clone(),
            clock: Arc::clone(&ground.clock),
            came,
        })),
        board: Arc::new(Board {
            purpose: purpose.clone(),
            check: Arc::clone(check),
            agreements: Arc::clone(&ground.agreements),
            present: Arc::clone(&present),
            journal: ground.journal.clone(),
            clock: Arc::clone(&ground.clock),
            entropy: Arc::clone(&ground.entropy),
            silent_after: SignedDuration::from_mins(terms.silent_after_min.into()),
        }),
        coverage: Arc::new(Coverages {
            store: Arc::clone(&store),
            journal: ground.journal.clone(),
            clock: Arc::clone(&ground.clock),
        }),
        outcomes: Arc::new(Outcomes {
            purpose,
            agreements: Arc::clone(&ground.agreements),
            present,
            store,
            journal: ground.journal.clone(),
            clock: Arc::clone(&ground.clock),
            entropy: Arc::clone(&ground.entropy),
        }),
    }))
}

pub(super) async fn at_partners(
    config: &Config,
    ground: &Ground,
    (register, ledgers): (Option<&Arc<Register>>, &Arc<Ledgers>),
) -> anyhow::Result<Option<(AtPartners, Arc<Attendances>)>> {
    let Some(register) = register else { return Ok(None) };
    let attendances = Arc::new(Attendances::new(
        Arc::clone(&ground.agreements),
        Arc::clone(&ground.store) as Arc<dyn AttendanceStore>,
        ground.journal.clone(),
        Arc::clone(&ground.clock),
    ));
    attendances.recover().await.context("the attendances at partners can't be loaded")?;
    let lists = Arc::new(AttendanceLists {
        purpose: purpose("child-protection-enquiry")?,
        attendances: Arc::clone(&attendances),
        register: Arc::clone(register),
        ledgers: Arc::clone(ledgers),
        agreements: Arc::clone(&ground.agreements),
        journal: ground.journal.clone(),
        clock: Arc::clone(&ground.clock),
        entropy: Arc::clone(&ground.entropy),
    });
    let escalations = Arc::new(Escalations {
        attendances: Arc::clone(&attendances),
        register: Arc::clone(register),
        limits: config.attendances,
    });
    Ok(Some((AtPartners { lists, escalations }, attendances)))
}

pub(super) fn corrections(
    ground: &Ground,
    register: Option<&Arc<Register>>,
) -> anyhow::Result<Arc<Corrections>> {
    Ok(Arc::new(Corrections::new(CorrectionsParts {
        purpose: purpose("child-protection-enquiry")?,
        register: register.map(Arc::clone),
        agreements: Arc::clone(&ground.agreements),
        store: Arc::clone(&ground.store) as Arc<dyn CorrectionStore>,
        journal: ground.journal.clone(),
        clock: Arc::clone(&ground.clock),
        entropy: Arc::clone(&ground.entropy),
    })))
}

pub(super) fn hearers(
    department: Option<&Department>,
    attendances: Option<Arc<Attendances>>,
    corrections: &Arc<Corrections>,
    hand_overs: Option<&Arc<HandOvers>>,
) -> Hearers {
    Hearers {
        attendances,
        outcomes: department.map(|department| Arc::clone(&department.outcomes)),
        corrections: Some(Arc::clone(corrections)),
        hand_overs: hand_overs.map(Arc::clone),
    }
}

/// The listener's counters, as the page Feeds shows them.
struct Standing(Arc<Watch>);

impl HospitalSenders for Standing {
    fn standing(&self) -> Vec<SenderHealth> {
        let senders = self.0.state().senders.into_iter();
        senders
            .map(|sender| SenderHealth {
                name: sender.name,
                counts: [sender.taken, sender.again, sender.as_work, sender.refused],
                last: sender.last,
            })
            .collect()
    }
}

/// Takes the port for hospitals' messages, if this node has a department.
pub(crate) async fn listen(node: &Node) -> anyhow::Result<Option<MllpListener>> {
    let (Some(department), Some(terms)) = (&node.department, &node.config.department) else {
        return Ok(None);
    };
    let desk = Arc::clone(&department.inbox) as Arc<dyn HospitalDesk>;
    let listener = MllpListener::bind(&terms.mllp, desk, Arc::clone(&node.clock))
        .await
        .context("[department.mllp] is not right")?;
    if let Some(store) = &node.feeds.department {
        let heard = store.senders_heard().await.context("when senders were heard can't be read")?;
        listener.watch().heard_before(&heard);
    }
    // Set once: a node is opened once.
    let _ = node.feeds.senders.set(Arc::new(Standing(listener.watch())));
    Ok(Some(listener))
}
