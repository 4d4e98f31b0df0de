//! Whatever a case system says, whatever a custodian changes and whenever a node starts anew: nothing of either is lost or reverted in silence.

use std::collections::BTreeMap;

use jiff::civil::date;
use kinfold_domain::{AbuseCategory, Detail, DetailKind, EntryId, RegisterEntry};
use kinfold_service::{
    ports::{AmendmentKey, AmendmentStore},
    register::{Change, CustodyError, Decision, ToChange},
};
use proptest::prelude::*;

use crate::{
    custodian::{desk, feed, keeper, set},
    *,
};

/// The entries of the stories: few enough that none of them is ever "a good part of the register".
const ENTRIES: usize = 4;

#[derive(Clone, Debug)]
enum Happening {
    /// The case system says another category of an entry.
    SourceCategory(usize, u8),
    /// It ends an entry, or opens it again.
    SourceEnd(usize, bool),
    /// It loses an entry, or has it again.
    SourceHas(usize, bool),
    /// A custodian changes the category.
    Category(usize, u8),
    /// A custodian ends an entry.
    End(usize),
    /// A custodian reopens it.
    Reopen(usize),
    /// A custodian decides for the case system.
    Drop(usize, bool),
    Poll,
    Restart,
    /// The register's list can't be written for a while.
    Fault(u64),
}

fn happening() -> impl Strategy<Value = Happening> {
    let n = 0..ENTRIES;
    prop_oneof![
        2 => (n.clone(), 0_u8..3).prop_map(|(n, c)| Happening::SourceCategory(n, c)),
        1 => (n.clone(), any::<bool>()).prop_map(|(n, end)| Happening::SourceEnd(n, end)),
        1 => (n.clone(), any::<bool>()).prop_map(|(n, has)| Happening::SourceHas(n, has)),
        2 => (n.clone(), 0_u8..3).prop_map(|(n, c)| Happening::Category(n, c)),
        2 => n.clone().prop_map(Happening::End),
        2 => n.clone().prop_map(Happening::Reopen),
        1 => (n, any::<bool>()).prop_map(|(n, end)| Happening::Drop(n, end)),
        5 => Just(Happening::Poll),
        1 => Just(Happening::Restart),
        1 => (0_u64..3).prop_map(Happening::Fault),
    ]
}

fn category(n: u8) -> AbuseCategory {
    [AbuseCategory::Neglect, AbuseCategory::Physical, AbuseCategory::Sexual][usize::from(n)]
}

fn id(n: usize) -> EntryId {
    format!("cpp-{n}").parse().unwrap()
}

/// The case system, and what the custodian says over it.
struct Model {
    source: BTreeMap<EntryId, (RegisterEntry, bool)>,
    by_hand: BTreeMap<AmendmentKey, Detail>,
}

impl Model {
    fn new() -> Self {
        let entries = (0..ENTRIES).map(|n| {
            let entry = entry(id(n).as_str(), &child(n, "Garrowby", &format!("Iseult{n}")));
            (id(n), (entry, true))
        });
        Self { source: entries.collect(), by_hand: BTreeMap::new() }
    }

    fn show(&self, nodes: &TwoNodes) {
        let has = self.source.values().filter(|(_, has)| *has).map(|(entry, _)| entry.clone());
        set(nodes, |entries| *entries = has.collect());
    }

    fn said(&self, id: &EntryId) -> Option<&RegisterEntry> {
        self.source.get(id).filter(|(_, has)| *has).map(|(entry, _)| entry)
    }

    /// An amendment goes when the case system says the same, and never otherwise.
    fn read(&mut self) {
        let source = &self.source;
        self.by_hand.retain(|(id, _), detail| {
            let said = source.get(id).filter(|(_, has)| *has);
            !said.is_some_and(|(said, _)| detail.agrees(said))
        });
    }
}

async fn change(nodes: &TwoNodes, n: usize, change: Change) -> bool {
    let wanted = ToChange { entry: Some(id(n)), change, reason: "A story.".to_owned() };
    match desk(nodes).change(&keeper(), &wanted).await {
        Ok(_) => true,
        Err(CustodyError::Change(_) | CustodyError::NotFound) => false,
        Err(other) => panic!("{other:?}"),
    }
}

async fn happens(nodes: TwoNodes, model: &mut Model, what: &Happening) -> TwoNodes {
    match *what {
        Happening::SourceCategory(n, c) => {
            model.source.get_mut(&id(n)).unwrap().0.category = Some(category(c));
        }
        Happening::SourceEnd(n, end) => {
            model.source.get_mut(&id(n)).unwrap().0.end = end.then_some(date(2026, 5, 1));
        }
        Happening::SourceHas(n, has) => model.source.get_mut(&id(n)).unwrap().1 = has,
        Happening::Category(n, c) => {
            if change(&nodes, n, Change::Category(category(c))).await {
                let detail = Detail::Category(Some(category(c)));
                model.by_hand.insert((id(n), DetailKind::Category), detail);
            }
        }
        Happening::End(n) => {
            if change(&nodes, n, Change::End(date(2026, 5, 20))).await {
                let detail = Detail::End(Some(date(2026, 5, 20)));
                model.by_hand.insert((id(n), DetailKind::End), detail);
            }
        }
        Happening::Reopen(n) => {
            if change(&nodes, n, Change::Reopen).await {
                model.by_hand.insert((id(n), DetailKind::End), Detail::End(None));
            }
        }
        Happening::Drop(n, end) => {
            let kind = if end { DetailKind::End } else { DetailKind::Category };
            model.show(&nodes);
            let why = (Decision::CaseSystemIsRight, "A story.");
            if desk(&nodes).decide(&keeper(), &(id(n), kind), why).await.is_ok() {
                model.by_hand.remove(&(id(n), kind));
                model.read();
            }
        }
        Happening::Poll => {
            model.show(&nodes);
            feed(&nodes).poll().await.unwrap();
            model.read();
        }
        Happening::Restart => return nodes.restart().await,
        Happening::Fault(writes) => {
            model.show(&nodes);
            nodes.council.ground.registers.fault.begin_after(writes);
            let read = feed(&nodes).poll().await;
            nodes.council.ground.registers.fault.end();
            if read.is_ok() {
                model.read();
            }
        }
    }
    nodes
}

/// What stands by hand stands in the register; whatever else the register says, the case system says.
async fn holds(nodes: &TwoNodes, model: &Model) {
    let stored = nodes.council.ground.amendments.amendments().await.unwrap();
    let stored: BTreeMap<AmendmentKey, Detail> = stored
        .into_iter()
        .filter(|row| row.detail != Detail::Left && row.detail.kind() != DetailKind::Successor)
        .map(|row| (row.key(), row.detail))
        .collect();
    assert_eq!(stored, model.by_hand);
    for n in 0..ENTRIES {
        let opened = desk(nodes).open(&keeper(), &id(n)).await;
        let Ok(opened) = opened else {
            assert!(model.said(&id(n)).is_none(), "the case system has an entry that is not here");
            continue;
        };
        let entry = &opened.content().entry;
        for kind in [DetailKind::Category, DetailKind::End] {
            if let Some(detail) = model.by_hand.get(&(id(n), kind)) {
                assert!(detail.agrees(entry), "{} of {} was reverted", kind.word(), id(n));
            } else if let Some(said) = model.said(&id(n)) {
                assert_eq!(kind.of(entry), kind.of(said), "{} of {}", kind.word(), id(n));
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, ..ProptestConfig::default() })]

    #[test]
    fn nothing_that_a_custodian_or_the_case_system_says_is_lost_or_reverted_in_silence(
        story in prop::collection::vec(happening(), 1..18),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            let (mut nodes, mut model) = (TwoNodes::start().await, Model::new());
            for what in &story {
                nodes = Box::pin(happens(nodes, &mut model, what)).await;
                let read = matches!(what, Happening::Poll | Happening::Drop(..));
                if read {
                    model.show(&nodes);
                    feed(&nodes).poll().await.unwrap();
                    model.read();
                    holds(&nodes, &model).await;
                }
            }
            model.show(&nodes);
            feed(&nodes).poll().await.unwrap();
            model.read();
            holds(&nodes, &model).await;
            nodes.settle().await;
            let day = date(2026, 6, 1);
            assert_eq!(nodes.trust.register.standing(day), nodes.council.register.standing(day));
            let sizes = [&nodes.trust, &nodes.council].map(|node| node.register.size_and_root().0);
            assert_eq!(sizes[0], sizes[1], "the partner holds the whole list");
        });
    }
}
