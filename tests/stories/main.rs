//! Days in the lives of those whom Kinfold serves: a nurse, a social worker, governance, an operator. Each story goes through
//! the program as they do: one demonstration of two whole nodes, and a browser of its own.
//!
//! The stories run one after the other in this order, since the last of them kills the council's node. Screenshots of what
//! people see stand in `artefacts/screenshots` afterwards. A word on the command line picks the stories that contain it.
#![allow(clippy::print_stdout, reason = "a runner of stories tells how they went")]

mod browser;
mod council_away;
mod demonstration;
mod department;
mod glass;
mod governance;
mod handing_over;
mod identity_provider;
mod keyboard;
mod ledgers;
mod no_script;
mod nurse;
mod operator;
mod page;
mod passkey;
mod phone;
mod shared_screen;
mod social_worker;

use std::{future::Future, pin::Pin, process::ExitCode, time::Instant};

use browser::Driver;
use demonstration::Demonstration;

/// What the stories share.
struct Stage {
    demonstration: Demonstration,
    driver: Driver,
}

type Going<'a> = Pin<Box<dyn Future<Output = anyhow::Result<()>> + 'a>>;
type Story = (&'static str, for<'a> fn(&'a Stage) -> Going<'a>);

const STORIES: [Story; 14] = [
    ("a_nurse_learns_within_a_breath_whom_to_ring", |stage| Box::pin(nurse::story(stage))),
    ("the_pages_that_matter_work_without_scripts", |stage| Box::pin(no_script::story(stage))),
    ("a_social_worker_sees_what_the_trust_knows", |stage| Box::pin(social_worker::story(stage))),
    ("an_arrival_is_answered_by_a_named_person", |stage| Box::pin(department::story(stage))),
    ("two_nurses_share_a_screen_and_nothing_else", |stage| Box::pin(shared_screen::story(stage))),
    ("a_nurse_breaks_the_glass_and_is_reviewed", |stage| Box::pin(glass::story(stage))),
    ("governance_sees_both_ledgers_sides_joined", |stage| Box::pin(governance::story(stage))),
    ("an_operator_sees_feeds_and_no_child", |stage| Box::pin(operator::story(stage))),
    ("a_phone_keeps_a_token_and_signs_in_at_the_desk", |stage| Box::pin(phone::story(stage))),
    ("a_nurse_comes_in_by_a_passkey", |stage| Box::pin(passkey::story(stage))),
    ("a_nurse_comes_in_at_the_identity_provider", |_| Box::pin(identity_provider::story())),
    ("the_command_line_finds_both_ledgers_sound", |stage| Box::pin(ledgers::story(stage))),
    ("a_child_is_handed_over_to_the_council_next_door", |_| Box::pin(handing_over::story())),
    ("a_check_is_answered_while_the_council_is_away", |stage| Box::pin(council_away::story(stage))),
];

#[tokio::main]
async fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if words.iter().any(|word| word == "--list") {
        for (name, _) in &STORIES {
            println!("{name}: test");
        }
        return ExitCode::SUCCESS;
    }
    let wanted: Vec<&String> = words.iter().filter(|word| !word.starts_with('-')).collect();
    let picked = |name: &str| wanted.is_empty() || wanted.iter().any(|word| name.contains(*word));
    let picked: Vec<&Story> = STORIES.iter().filter(|(name, _)| picked(name)).collect();
    if picked.is_empty() {
        return ExitCode::SUCCESS;
    }
    if let Some(missing) = browser::missing() {
        for (name, _) in &picked {
            println!("skipped: {name}: {missing}");
        }
        let required = std::env::var("CI").is_ok_and(|ci| ci == "true");
        return if required { ExitCode::FAILURE } else { ExitCode::SUCCESS };
    }
    match tell(&picked).await {
        Ok(0) => ExitCode::SUCCESS,
        Ok(failed) => {
            println!("{failed} of {} stories failed", picked.len());
            ExitCode::FAILURE
        }
        Err(error) => {
            println!("the stage could not be set: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// How many failed.
async fn tell(stories: &[&Story]) -> anyhow::Result<usize> {
    let began = Instant::now();
    let stage =
        Stage { demonstration: Demonstration::start().await?, driver: Driver::start().await? };
    println!("the stage was set in {:.1} s", began.elapsed().as_secs_f64());
    let mut failed = 0;
    for (name, story) in stories {
        let began = Instant::now();
        let outcome = story(&stage).await;
        let took = began.elapsed().as_secs_f64();
        match outcome {
            Ok(()) => println!("story {name} ... ok ({took:.1} s)"),
            Err(error) => {
                failed += 1;
                println!("story {name} ... FAILED ({took:.1} s)\n    {error:#}");
            }
        }
    }
    Ok(failed)
}
