//! What is shown, held against what really is.

use jiff::Timestamp;
use kinfold_domain::{CheckAnswer, Confirmed};
use kinfold_service::department::BoardView;

use crate::{
    case_system::Standing,
    children::{entry_of, who},
    world::World,
};

/// How old a register may be of which "not on the register" is said, in seconds.
const LIMIT_S: u64 = 60;

/// Every answer on the board, and what was said of each child.
pub(crate) fn board(world: &World, view: &BoardView) {
    for row in &view.rows {
        answer(world, who(&row.subject), (&row.answer, &view.registers, view.at));
        if let Some(outcome) = world.happened.lock().last_outcome(row.attendance) {
            let shown = row.recorded.as_ref().map(|recorded| recorded.outcome);
            assert_eq!(shown, Some(outcome), "what a nurse was told is kept is on the board");
        }
    }
}

/// One answer about a child whom the story knows, or about somebody else.
pub(crate) fn answer(
    world: &World,
    child: Option<usize>,
    (answer, registers, at): (&CheckAnswer, &[Confirmed], Timestamp),
) {
    match answer {
        CheckAnswer::NotOnRegister => {
            assert!(!registers.is_empty(), "nothing was searched");
            for register in registers {
                let as_at = register.as_at.expect("an answer carries its moment").0;
                assert!(
                    as_at.age(at) <= LIMIT_S && !register.stale,
                    "\"not on these registers\" from a register as at {as_at}, at {at}"
                );
                let from = world.council().clock.truly(as_at);
                let stood =
                    child.is_some_and(|n| world.case_system.lock().stood(n, from, world.now()));
                assert!(!stood, "child {child:?} stood on the register since before {as_at}");
            }
        }
        CheckAnswer::OnRegister { hits } | CheckAnswer::RecentlyEnded { hits, .. } => {
            let n = child.expect("a child on the register is one of the story's");
            assert!(hits.iter().all(|hit| hit.entry.id == entry_of(n)), "another child's plan");
            let ever = world.case_system.lock().now().iter().any(|plan| plan.id == entry_of(n));
            assert!(ever, "a plan that there never was");
        }
        _ => {}
    }
}

/// At the end of a story every answer is what the case system says.
pub(crate) fn right(world: &World, n: usize, answer: &CheckAnswer) {
    let expected = world.case_system.lock().standing(n, world.now());
    let fits = match (answer, expected) {
        (CheckAnswer::OnRegister { .. }, Standing::Current)
        | (CheckAnswer::NotOnRegister, Standing::None) => true,
        (CheckAnswer::RecentlyEnded { ended, .. }, Standing::Ended(day)) => *ended == day,
        _ => false,
    };
    assert!(fits, "child {n} is {expected:?} and the answer was {answer:?}");
}

/// Seconds between two moments.
trait Age {
    fn age(self, now: Timestamp) -> u64;
}

impl Age for Timestamp {
    fn age(self, now: Timestamp) -> u64 {
        u64::try_from(now.as_second() - self.as_second()).unwrap_or(0)
    }
}
