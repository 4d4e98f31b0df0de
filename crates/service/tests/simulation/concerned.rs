//! What must be true of whom an attendance concerns, when everything has come to rest: at the council, and on the board.

use std::sync::Arc;

use kinfold_domain::AgencyId;
use kinfold_service::department::{Attendance, AttendanceStep, StepKind, Whereabouts};

use crate::{
    after::Steps,
    case_system::Standing,
    children::{CHILDREN, who},
    people::{board, check},
    shown,
    world::World,
};

/// An attendance's steps as they concern the council: whether it knows that the child is here.
fn knows(steps: &[AttendanceStep], council: &AgencyId) -> bool {
    let theirs = steps.iter().filter(|step| step.concerns.contains_key(council));
    theirs.fold(false, |knows, step| match step.what {
        StepKind::Arrived => true,
        StepKind::Cancelled => false,
        _ => knows,
    })
}

/// Whoever is here and on the register was told of, whoever is not was not; who left or never came was told to have.
pub(crate) fn whom_it_concerns_was_told(world: &World, steps: &Steps) {
    let council = &world.council().ground().agency.id;
    let none = Vec::new();
    for attendance in world.trust().ground().work.here() {
        let steps = steps.get(&attendance.id).unwrap_or(&none);
        let knows = knows(steps, council);
        let concerns = who(&attendance.subject)
            .is_some_and(|n| world.case_system.lock().standing(n, world.now()) != Standing::None);
        let last = || {
            steps.iter().rfind(|step| {
                !matches!(
                    step.what,
                    StepKind::Seen | StepKind::Referred | StepKind::LeftUnseen | StepKind::InError
                )
            })
        };
        match attendance.whereabouts {
            Whereabouts::Present if attendance.is_open() => {
                assert_eq!(knows, concerns, "the council knows of {attendance:?} by {steps:?}");
            }
            Whereabouts::Left { .. } if knows => {
                assert_eq!(last().unwrap().what, StepKind::Left, "{attendance:?} {steps:?}");
            }
            Whereabouts::Present | Whereabouts::Left { .. } => {}
            Whereabouts::Cancelled { .. } => {
                assert!(!knows, "{attendance:?} was entered in error: {steps:?}");
            }
        }
    }
}

/// The board shows exactly those who are here, and those on a register of whom nobody said what became of them; each with the right answer.
pub(crate) async fn the_board_is_right(world: &Arc<World>, steps: &Steps) {
    let council = world.council().ground().agency.id;
    let view = board(world).await.expect("a board");
    let none = Vec::new();
    let is_on = |attendance: &&Attendance| {
        let steps = steps.get(&attendance.id).unwrap_or(&none);
        let said = steps.iter().rev().find_map(|step| match step.what {
            StepKind::Seen | StepKind::Referred => Some(false),
            StepKind::LeftUnseen | StepKind::InError => Some(true),
            _ => None,
        });
        match attendance.whereabouts {
            Whereabouts::Present => said != Some(true) && attendance.sender.is_some(),
            Whereabouts::Left { .. } => said.is_none() && knows(steps, &council),
            Whereabouts::Cancelled { .. } => false,
        }
    };
    let here = world.trust().ground().work.here();
    let mut expected: Vec<_> = here.iter().filter(is_on).map(|attendance| attendance.id).collect();
    let mut shown: Vec<_> = view.rows.iter().map(|row| row.attendance).collect();
    expected.sort_unstable();
    shown.sort_unstable();
    assert_eq!(shown, expected, "who is on the board");
    for row in &view.rows {
        if let Some(n) = who(&row.subject) {
            shown::right(world, n, &row.answer);
        }
        let last = world.happened.lock().last_outcome(row.attendance);
        let recorded = row.recorded.as_ref().map(|recorded| recorded.outcome);
        assert!(last.is_none() || last == recorded, "what a nurse said stands on the board");
    }
    for n in [0, 1, 2].map(|_| world.chance.index(CHILDREN)) {
        let checked = check(world, n).await.expect("an answer");
        shown::right(world, n, &checked.answer);
    }
}
