//! Whatever happens, the trust's copy is the council's register as the trust may see it.

use kinfold_domain::{CheckAnswer, RegisterEntry, Subject};
use kinfold_service::{
    ports::PartnerError,
    register::project,
    testing::{Way, start},
};
use proptest::prelude::*;

use crate::{replica::replica, *};

/// One thing that happens in a story.
#[derive(Clone, Debug)]
enum Happening {
    /// The case system now shows these entries, each in one of three wordings.
    Source(Vec<(u8, u8)>),
    /// Nodes do what they do by themselves.
    Settle,
    /// The way is cut or open.
    Way(bool),
    /// Both processes start anew.
    Restart,
    /// The trust's store fails after so many writes, until the next pull is over.
    Fault(u64),
    /// Time passes.
    Wait(u8),
}

fn happening() -> impl Strategy<Value = Happening> {
    prop_oneof![
        3 => prop::collection::vec((0_u8..12, 0_u8..3), 0..12).prop_map(Happening::Source),
        4 => Just(Happening::Settle),
        1 => any::<bool>().prop_map(Happening::Way),
        1 => Just(Happening::Restart),
        1 => (0_u64..4).prop_map(Happening::Fault),
        2 => (0_u8..80).prop_map(Happening::Wait),
    ]
}

fn shown(entries: &[(u8, u8)]) -> Vec<RegisterEntry> {
    let of = |(n, wording): &(u8, u8)| {
        let n = usize::from(*n);
        let mut entry = entry(&format!("cpp-{n}"), &child(n, "Garrowby", &format!("Iseult{n}")));
        entry.previous_plans = *wording;
        entry
    };
    entries.iter().map(of).collect()
}

async fn happens(nodes: TwoNodes, what: &Happening) -> TwoNodes {
    match what {
        Happening::Source(entries) => {
            *nodes.council.ground.source.register.lock() = Some(shown(entries));
        }
        Happening::Settle => nodes.settle().await,
        Happening::Way(true) => nodes.trust.ground.link.set(Way::Open),
        Happening::Way(false) => {
            nodes.trust.ground.link.set(Way::Cut(PartnerError::Unreachable));
        }
        Happening::Restart => return nodes.restart().await,
        Happening::Fault(writes) => {
            nodes.trust.ground.registers.fault.begin_after(*writes);
            let _ = replica(&nodes).pull(0).await;
            nodes.trust.ground.registers.fault.end();
        }
        Happening::Wait(seconds) => nodes.advance(i64::from(*seconds)),
    }
    nodes
}

/// Whatever happened, a check never says "not on the register" from a register that is stale.
async fn says_nothing_stale(nodes: &TwoNodes) {
    for subject in [ada_by_number(), Subject::from(&child(90, "Ollerenshaw", "Benedikta"))] {
        let checked = check(&nodes.trust, subject).await;
        let stale = checked.registers.iter().any(|register| register.stale);
        assert!(!(stale && checked.answer == CheckAnswer::NotOnRegister));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10, ..ProptestConfig::default() })]

    #[test]
    fn after_any_sequence_of_changes_cuts_faults_and_restarts_the_replica_is_the_projected_register(
        story in prop::collection::vec(happening(), 1..14),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            let mut nodes = TwoNodes::start().await;
            for what in &story {
                nodes = Box::pin(happens(nodes, what)).await;
                says_nothing_stale(&nodes).await;
            }
            nodes.trust.ground.link.set(Way::Open);
            nodes.settle().await;
            let council = nodes.council.ground.agency.id.clone();
            let (mut own, mut copy) = (Vec::new(), Vec::new());
            nodes.council.ground.registers.tamper(&council, |changes| own.clone_from(changes));
            nodes.trust.ground.registers.tamper(&council, |changes| copy.clone_from(changes));
            for stored in &mut own {
                let in_force = nodes.council.agreements.in_force(start()).unwrap();
                stored.change.reason = None;
                stored.change.entry = project(&stored.change.entry, |category| {
                    in_force.permits_any(&nodes.trust.ground.agency.id, &council, category)
                });
            }
            assert_eq!(own, copy);
            let size = nodes.trust.register.size_and_root().0;
            assert_eq!(size, own.len() as u64);
            let day = jiff::civil::date(2026, 6, 1);
            assert_eq!(nodes.trust.register.standing(day), nodes.council.register.standing(day));
        });
    }
}
