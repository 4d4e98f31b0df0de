//! The fault proof: a council's node and a hospital's in one process, with only time, chance, the network and the disk simulated.
//! `docs/faults.md` says what is proved, and how to tell a story again.
//!
//! That it finds what it should was tried by breaking the code on purpose, one way at a time; of the ordinary stories these were the first
//! that failed:
//!
//! | broken | first seeds |
//! |---|---|
//! | notices marked as told before they are sent (`audit/notices.rs`) | 1, 2, 3 |
//! | attendances stored before their steps are recorded (`department/change.rs`) | 11, 21, 31 |
//! | a step that was recorded and not stored forgotten at a start (`department/presence.rs`) | 32, 35, 62 |
//! | the same step heard twice (`attendances/heard.rs`) | 1, 5, 7 |
//! | two steps of one change in the wrong order (`department/arrivals.rs`) | 64, 65, 73 |
//! | a message acknowledged before it is kept (`department/hospital.rs`) | 0, 1, 2 |
//! | notices acknowledged that were not heard (`audit/notice_desk.rs`) | 0, 1, 2 |
//! | a message settled before its effect (`department/arrivals.rs`) | 1, 2, 5 |
//! | a register forty times older than its limit believed (`register/book.rs`) | 0, 1, 4 |
//! | an answer that was recorded and not stored forgotten at a start (`attendances/heard.rs`) | 46, 98, 108 |
//! | an arrival told again of who has left (`department/arrivals.rs`) | found before it was mended, by the first story ever told |
//!
//! Of the stories of children who are handed over (`handing`), these were the first that found what was really broken:
//!
//! | was broken | first seeds |
//! |---|---|
//! | an acceptance that broke off once the entry was made, and was never said (`register/handover/duties.rs`) | 13, 49, 54, 61 |
//!
//! Seeds change with every draw of chance that is added: what counts is that each is found early.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a story that can't be told has failed"
)]

mod after;
mod case_system;
mod chance;
mod children;
mod clock;
mod concerned;
mod durable;
mod handing;
mod happened;
mod hospital;
mod host;
mod life;
mod medium;
mod network;
mod people;
mod runner;
mod shown;
mod story;
mod tasks;
mod visits;
mod world;

#[test]
fn whatever_fails_the_end_is_complete_with_nothing_twice_and_nothing_lost() {
    runner::run(story::tell, 300);
}

#[test]
fn a_child_who_is_handed_over_always_stands_on_a_register_and_in_the_end_on_the_right_one() {
    runner::run(handing::tell, 120);
}

#[test]
fn the_same_seed_tells_the_same_story() {
    for seed in 0..4 {
        assert_eq!(story::tell(seed, true), story::tell(seed, true));
        assert_eq!(handing::tell(seed, true), handing::tell(seed, true));
    }
}
