use proptest::prelude::*;

use super::*;

/// A wall clock that is set, a steady one, and the time as it is.
struct World {
    known: Known,
    truth: Timestamp,
    ahead: SignedDuration,
    steady: Duration,
}

impl World {
    fn new() -> Self {
        let truth = "2026-06-01T12:00:00Z".parse().unwrap();
        let mut world = Self {
            known: Known::default(),
            truth,
            ahead: SignedDuration::ZERO,
            steady: Duration::from_secs(7),
        };
        world.read();
        world
    }

    fn reading(&self) -> Reading {
        Reading { wall: self.truth + self.ahead, steady: self.steady }
    }

    fn read(&mut self) -> bool {
        let now = self.reading();
        self.known.read(now)
    }

    fn pass(&mut self, millis: u64) {
        self.truth += SignedDuration::from_millis(i64::try_from(millis).unwrap());
        self.steady += Duration::from_millis(millis);
        self.read();
    }

    fn set(&mut self, millis: i64) -> bool {
        self.ahead += SignedDuration::from_millis(millis);
        self.read()
    }

    fn ask(&mut self) {
        let now = self.reading();
        self.known.read(now);
        self.known.told(now, self.ahead);
    }

    fn judge(&mut self) -> Result<(), ClockOff> {
        self.read();
        self.known.judge(self.reading())
    }

    fn state(&self, checked: bool) -> ClockState {
        self.known.state(self.reading(), checked)
    }
}

const MINUTE: i64 = 60_000;

#[test]
fn a_clock_that_ran_back_refuses_codes_until_it_has_passed_what_it_showed_before() {
    let mut world = World::new();
    assert!(world.set(-3 * MINUTE), "it is noticed at once");
    let behind = SignedDuration::from_mins(3);
    assert_eq!(world.judge(), Err(ClockOff::RanBack { behind }));
    world.pass(179_999);
    assert!(world.judge().is_err());
    assert!(matches!(world.state(false), ClockState::Off { .. }));
    world.pass(1);
    assert_eq!(world.judge(), Ok(()));
    assert_eq!(world.state(false), ClockState::Unchecked);
}

#[test]
fn the_time_service_confirms_a_clock_that_ran_back_at_once() {
    let mut world = World::new();
    world.set(60 * MINUTE);
    assert_eq!(world.judge(), Ok(()), "nobody knows better");
    world.ask();
    let ahead = SignedDuration::from_mins(60);
    assert_eq!(world.judge(), Err(ClockOff::Off { ahead }));
    world.set(-60 * MINUTE);
    assert!(matches!(world.judge(), Err(ClockOff::RanBack { .. })));
    world.ask();
    assert_eq!(world.judge(), Ok(()));
    assert_eq!(world.state(true), ClockState::Right);
}

#[test]
fn a_second_is_right_and_more_is_not_in_either_direction() {
    for (millis, right) in [(1_000, true), (-1_000, true), (1_001, false), (-1_001, false)] {
        let mut world = World::new();
        world.ahead = SignedDuration::from_millis(millis);
        let mut known = Known::default();
        known.told(world.reading(), world.ahead);
        assert_eq!(known.judge(world.reading()).is_ok(), right, "{millis}");
        world.known = known;
    }
}

#[test]
fn a_silent_time_service_is_a_warning_after_an_hour_and_refuses_nothing() {
    let mut world = World::new();
    assert_eq!(world.state(true), ClockState::Unconfirmed);
    world.ask();
    world.pass(3_600_000);
    assert_eq!(world.state(true), ClockState::Right);
    world.pass(1);
    assert_eq!(world.state(true), ClockState::Unconfirmed);
    world.pass(90 * 86_400_000);
    assert_eq!(world.judge(), Ok(()));
}

#[test]
fn a_time_service_that_fell_silent_after_a_bad_answer_goes_on_refusing() {
    let mut world = World::new();
    world.ahead = SignedDuration::from_secs(-5);
    world.ask();
    world.pass(90 * 86_400_000);
    let ahead = SignedDuration::from_secs(-5);
    assert_eq!(world.judge(), Err(ClockOff::Off { ahead }));
    world.set(5_000);
    assert_eq!(world.judge(), Ok(()), "set right by what was last known");
}

#[test]
fn what_was_recorded_before_the_start_was_shown_before() {
    let mut world = World::new();
    world.known.shown_before(world.truth + SignedDuration::from_secs(9));
    assert!(matches!(world.judge(), Err(ClockOff::RanBack { .. })));
    world.pass(9_000);
    assert_eq!(world.judge(), Ok(()));
}

#[derive(Clone, Copy, Debug)]
enum Act {
    Pass(u64),
    Set(i64),
    Ask,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        3 => (0_u64..20_000).prop_map(Act::Pass),
        1 => (-10_000_i64..10_000).prop_map(Act::Set),
        1 => (-900_i64..900).prop_map(Act::Set),
        1 => Just(Act::Ask),
    ]
}

impl World {
    fn play(&mut self, act: Act) {
        match act {
            Act::Pass(millis) => self.pass(millis),
            Act::Set(millis) => {
                self.set(millis);
            }
            Act::Ask => self.ask(),
        }
    }
}

proptest! {
    #[test]
    fn without_a_time_service_no_moment_is_judged_twice(acts in prop::collection::vec(act(), 1..60)) {
        let mut world = World::new();
        let mut newest = world.reading().wall;
        for act in acts.into_iter().filter(|act| !matches!(act, Act::Ask)) {
            world.play(act);
            let wall = world.reading().wall;
            prop_assert_eq!(world.judge().is_ok(), wall >= newest);
            newest = newest.max(wall);
        }
    }

    #[test]
    fn once_asked_nothing_is_judged_by_a_clock_that_is_off(acts in prop::collection::vec(act(), 1..60)) {
        let mut world = World::new();
        world.ask();
        let mut newest = world.reading().wall;
        for act in acts {
            world.play(act);
            let (wall, right) = (world.reading().wall, world.ahead.abs().as_millis() <= 1_000);
            if matches!(act, Act::Ask) && right {
                newest = wall;
            }
            prop_assert_eq!(world.judge().is_ok(), right && wall >= newest);
            newest = newest.max(wall);
        }
    }
}
