//! Two councils and a hand-over between them, whatever happens to its messages: lost for a while, late, twice, in any order, while either
//! side's process ends between any two writes.

use jiff::{Timestamp, civil::date};
use kinfold_domain::{AgencyId, EmployeeId};
use proptest::prelude::*;
use uuid::Uuid;

use super::state::{Duty, speaker};
use super::*;
use crate::records::{Asker, HandOverId, HandOverStep, Offered, Said, Stay};

const ID: HandOverId = HandOverId(Uuid::from_u128(1));

fn agency(side: Side) -> AgencyId {
    if side == Side::Giver { "ashmoor-council" } else { "larkford-council" }.parse().unwrap()
}

fn asker(side: Side) -> Asker {
    Asker {
        agency: agency(side),
        employee: EmployeeId(Uuid::from_u128(2)),
        user_name: "custodian".parse().unwrap(),
        name: "Custodian Testperson".into(),
        job_title: "Custodian".to_owned(),
        role: "register-custodian".parse().unwrap(),
    }
}

fn step(side: Side, said: Said) -> HandOverStep {
    let (by, to) = (asker(side), agency(side.other()));
    HandOverStep { hand_over: ID, at: Timestamp::UNIX_EPOCH, by, to, said }
}

fn offered(stay: bool) -> Said {
    Said::Offered(Box::new(Offered {
        register_entry: "cpp-1".parse().unwrap(),
        moved: date(2026, 6, 1),
        stay: stay.then_some(Stay { until: Some(date(2026, 6, 8)) }),
        reason: "The family moves.".into(),
        agreement: String::new(),
        granted: std::collections::BTreeMap::new(),
        digest: String::new(),
    }))
}

/// One council: its register, its hand-over, and what its ledger has for the other.
struct Council {
    side: Side,
    item: HandOver,
    on_register: bool,
    outbox: Vec<HandOverStep>,
}

impl Council {
    fn new(side: Side) -> Self {
        let item = HandOver::new(ID, (agency(side.other()), side), Timestamp::UNIX_EPOCH);
        Self { side, item, on_register: side == Side::Giver, outbox: Vec::new() }
    }

    fn say(&mut self, said: Said) {
        let step = step(self.side, said);
        if self.item.take(&step, self.side) {
            self.outbox.push(step);
        }
    }

    fn work(&mut self) {
        match self.item.duty() {
            Some(Duty::EndOwn) => {
                self.on_register = false;
                self.item.ended = true;
            }
            Some(Duty::SealOwn) => self.item.sealed = true,
            None => {}
        }
    }

    fn does(&mut self, what: &Does) {
        let reason = || "A story.".into();
        let (act, said) = match *what {
            Does::Withdraw(sealed) => (Act::Withdraw, Said::Withdrawn { reason: reason(), sealed }),
            Does::Accept => {
                let register_entry = "hand-1".parse().unwrap();
                (Act::Accept, Said::Accepted { conference: date(2026, 6, 8), register_entry })
            }
            Does::Note => (Act::Note, Said::Noted),
            Does::Refuse => (Act::Refuse, Said::Refused { reason: reason() }),
            Does::Settle(stays) => (Act::Settle, Said::Settled { stays, reason: reason() }),
        };
        if self.item.may(act).is_err() {
            return;
        }
        // The entry is on the register before the word is said.
        self.on_register |= act == Act::Accept;
        self.say(said);
    }
}

#[derive(Clone, Debug)]
enum Does {
    Withdraw(bool),
    Accept,
    Note,
    Refuse,
    Settle(bool),
}

#[derive(Clone, Debug)]
enum Happening {
    Does(bool, Does),
    /// One message that was ever sent arrives, perhaps again.
    Arrives(bool, prop::sample::Index),
    /// A node does by itself what it has to.
    Works(bool),
}

fn happening() -> impl Strategy<Value = Happening> {
    let does = prop_oneof![
        2 => any::<bool>().prop_map(Does::Withdraw),
        4 => Just(Does::Accept),
        1 => Just(Does::Note),
        1 => Just(Does::Refuse),
        2 => any::<bool>().prop_map(Does::Settle),
    ];
    prop_oneof![
        4 => (any::<bool>(), does).prop_map(|(giver, does)| Happening::Does(giver, does)),
        5 => (any::<bool>(), any::<prop::sample::Index>())
            .prop_map(|(giver, which)| Happening::Arrives(giver, which)),
        2 => any::<bool>().prop_map(Happening::Works),
    ]
}

fn arrives(from: &Council, to: &mut Council, which: usize) {
    let Some(step) = from.outbox.get(which) else { return };
    assert_eq!(speaker(&step.said), from.side);
    to.item.take(step, from.side);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn a_child_always_stands_on_a_register_and_in_the_end_on_the_one_that_was_agreed(
        stay in any::<bool>(),
        story in prop::collection::vec(happening(), 0..40),
    ) {
        let (mut giver, mut taker) = (Council::new(Side::Giver), Council::new(Side::Taker));
        giver.say(offered(stay));
        for what in &story {
            match what {
                Happening::Does(true, does) => giver.does(does),
                Happening::Does(false, does) => taker.does(does),
                Happening::Arrives(true, which) if !giver.outbox.is_empty() => {
                    arrives(&giver, &mut taker, which.index(giver.outbox.len()));
                }
                Happening::Arrives(false, which) if !taker.outbox.is_empty() => {
                    arrives(&taker, &mut giver, which.index(taker.outbox.len()));
                }
                Happening::Arrives(..) => {}
                Happening::Works(true) => giver.work(),
                Happening::Works(false) => taker.work(),
            }
            prop_assert!(giver.on_register || taker.on_register, "on neither register");
        }
        // In the end everything has arrived.
        for which in 0..3 {
            arrives(&giver, &mut taker, which);
            arrives(&taker, &mut giver, which);
        }
        prop_assert_eq!(giver.item.state(), taker.item.state(), "both know the same");
        for _ in 0..2 {
            giver.work();
            taker.work();
            prop_assert!(giver.on_register || taker.on_register, "on neither register");
        }
        let on = (giver.on_register, taker.on_register);
        match giver.item.state() {
            State::Accepted | State::Goes => prop_assert_eq!(on, (false, true)),
            State::Conflict => prop_assert_eq!(on, (true, true)),
            _ => prop_assert_eq!(on, (true, false)),
        }
        let sealed = matches!(
            giver.item.withdrawn().map(|step| &step.said),
            Some(Said::Withdrawn { sealed: true, .. })
        );
        if sealed && taker.on_register && taker.item.state() == State::Conflict {
            prop_assert!(taker.item.sealed, "the seal goes where the child is");
        }
    }
}

#[test]
fn no_side_can_say_the_others_word_and_a_stay_gives_nothing_away() {
    let mut giver = Council::new(Side::Giver);
    giver.say(offered(true));
    let register_entry = "hand-1".parse().unwrap();
    let accepted =
        step(Side::Taker, Said::Accepted { conference: date(2026, 6, 8), register_entry });
    assert!(!giver.item.take(&accepted, Side::Taker), "a stay is not accepted");
    let forged = step(Side::Taker, Said::Withdrawn { reason: "No.".into(), sealed: false });
    assert!(!giver.item.take(&forged, Side::Taker), "the giver alone takes back");
    assert_eq!(giver.item.state(), State::Offered);
    assert_eq!(giver.item.may(Act::Accept), Err(NotNow::Theirs));
}
