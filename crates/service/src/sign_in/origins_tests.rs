use proptest::prelude::*;

use super::*;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn vpn() -> Origin {
    Origin::Door("radius:vpn".to_owned())
}

fn employee(number: u128) -> EmployeeId {
    EmployeeId(uuid::Uuid::from_u128(number))
}

impl Origins {
    /// A try that ends at once; whether it was judged.
    fn tries(&mut self, who: u128, end: End, now: Timestamp) -> bool {
        match self.enter(vpn(), Some(employee(who)), now) {
            Ok(turn) => {
                self.leave(&turn, end, now);
                true
            }
            Err(wait) => {
                assert!((1..=60).contains(&wait.as_secs()), "{wait:?}");
                false
            }
        }
    }
}

#[test]
fn after_twenty_wrong_tries_each_next_one_waits_longer_and_never_longer_than_a_minute() {
    let mut origins = Origins::default();
    for who in 0..20 {
        assert!(origins.tries(who, End::Missed, at(0)));
    }
    let mut now = 0;
    let mut waits = Vec::new();
    for _ in 0..8 {
        let wait = origins.enter(vpn(), None, at(now)).err().map(|wait| wait.as_secs());
        waits.push(wait.unwrap());
        now += waits.last().unwrap();
        assert!(origins.tries(99, End::Missed, at(now)));
    }
    assert_eq!(waits[..5], [2, 4, 8, 16, 32]);
    assert!(waits[5..].iter().all(|wait| (32..=60).contains(wait)), "{waits:?}");
    assert!(origins.enter(Origin::Door("radius:other".to_owned()), None, at(now)).is_ok());
}

#[test]
fn who_has_signed_in_from_there_goes_on_while_somebody_guesses_there_and_has_one_try() {
    let mut origins = Origins::default();
    assert!(origins.tries(1, End::SignedIn, at(0)));
    assert!((100..120).all(|who| origins.tries(who, End::Missed, at(0))));
    assert!([2, 6, 14, 30].into_iter().all(|now| origins.tries(99, End::Missed, at(now))));
    let now = at(31);
    assert!(!origins.tries(2, End::SignedIn, now), "a newcomer waits");
    assert!(origins.tries(1, End::SignedIn, now), "a known one does not");
    assert!(origins.tries(1, End::Unjudged, now));
    assert!(origins.tries(1, End::Missed, now));
    assert!(!origins.tries(1, End::SignedIn, now), "but has no second guess");
}

#[test]
fn a_ward_whose_people_mistype_now_and_then_never_waits() {
    let mut origins = Origins::default();
    for who in 0..1_000_u128 {
        let now = at(i64::try_from(who).unwrap());
        assert!(origins.tries(who, if who % 3 == 0 { End::Missed } else { End::SignedIn }, now));
    }
}

#[test]
fn what_is_remembered_of_origins_is_bounded_and_fades() {
    let mut origins = Origins::default();
    let tried = |origins: &mut Origins, number: usize| {
        let turn = origins.enter(Origin::Door(number.to_string()), None, at(0)).ok().unwrap();
        origins.leave(&turn, End::Missed, at(0));
    };
    for _ in 0..20 {
        tried(&mut origins, 0);
    }
    (1..MOST_ORIGINS + 50).for_each(|number| tried(&mut origins, number));
    assert_eq!(origins.counts.len(), MOST_ORIGINS);
    let worst = Origin::Door("0".to_owned());
    assert!(origins.enter(worst.clone(), None, at(1)).is_err(), "the worst is not forgotten");
    assert!(origins.enter(worst, None, at(20 * 60)).is_ok());
    for other in ["one", "two"] {
        assert!(origins.enter(Origin::Door(other.to_owned()), None, at(20 * 60)).is_ok());
    }
    assert_eq!(origins.counts.len(), 3, "all others have faded");
}

#[derive(Clone, Debug)]
enum Act {
    Pass(i64),
    Try(u128, bool),
    /// Of an account that waits or is locked.
    Unjudged(u128),
    /// So many at the same time, before the first of them has ended.
    Together(u8),
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        (0_i64..90).prop_map(Act::Pass),
        (0_u128..4, prop::bool::weighted(0.1)).prop_map(|(who, good)| Act::Try(who, good)),
        (0_u128..4).prop_map(Act::Unjudged),
        (1_u8..60).prop_map(Act::Together),
    ]
}

proptest! {
    #[test]
    fn no_order_of_calls_is_judged_more_often_than_is_said(acts in prop::collection::vec(act(), 1..400)) {
        let (mut origins, mut now) = (Origins::default(), 0);
        let (mut wrong, mut good) = (0, 0);
        for act in acts {
            match act {
                Act::Pass(seconds) => now += seconds,
                Act::Try(who, true) => good += i64::from(origins.tries(who, End::SignedIn, at(now))),
                Act::Try(who, false) => wrong += i64::from(origins.tries(who, End::Missed, at(now))),
                Act::Unjudged(who) => {
                    origins.tries(who, End::Unjudged, at(now));
                }
                Act::Together(count) => {
                    let enter = |_| origins.enter(vpn(), None, at(now)).ok();
                    let turns: Vec<Turn> = (0..count).filter_map(enter).collect();
                    for turn in turns {
                        origins.leave(&turn, End::Missed, at(now));
                        wrong += 1;
                    }
                }
            }
            prop_assert!(wrong <= 26 + now / 60 + 2 * good, "{wrong} after {now} s and {good}");
        }
    }
}
