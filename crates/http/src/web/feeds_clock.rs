//! How this node's clock stands, as the page of feeds shows it.

use kinfold_service::{
    agreements::Agreements,
    own_clock::{ClockOff, ClockStanding, ClockState, PartnerApart, ServerStanding, offset_words},
};

use super::{
    failure::sentence,
    feeds_page::{FeedLine, moment},
    spoken::Spoken,
};

/// This node's clock, and partners' that differ from it.
pub(super) fn lines(
    spoken: &Spoken,
    known: &ClockStanding,
    agreements: &Agreements,
) -> Vec<FeedLine> {
    let partners = known.partners.iter();
    let partners =
        partners.map(|apart| partner(spoken, apart, &agreements.agency(&apart.agency).name));
    std::iter::once(own(spoken, known)).chain(partners).collect()
}

fn own(spoken: &Spoken, known: &ClockStanding) -> FeedLine {
    let (state, word, problem) = match known.state {
        ClockState::Off { why, .. } => ("bad", "Codes are refused", off(why)),
        ClockState::Unchecked => (
            "warning",
            "Not checked",
            "No time service is set up, so nobody would notice if it were wrong: name its servers in the node’s configuration, \
             [clock] time_servers."
                .to_owned(),
        ),
        ClockState::Unconfirmed => (
            "warning",
            "Not confirmed",
            "The time service has not answered for an hour, or not since the start. Codes are taken meanwhile: see that this node \
             reaches it."
                .to_owned(),
        ),
        ClockState::Right => ("good", "Right", String::new()),
    };
    let mut rows = Vec::new();
    if let ClockState::Off { since, .. } = known.state {
        rows.push(("Since", moment(spoken, Some(since))));
    }
    if let Some(ahead) = known.ahead {
        rows.push(("By the time service", format!("{} it", offset_words(ahead))));
    }
    if !known.servers.is_empty() {
        rows.push(("Last answer", moment(spoken, known.answered)));
    }
    rows.extend(known.servers.iter().map(|known| ("Time server", server(known))));
    if let Some(jump) = known.jump {
        let (at, by) = (moment(spoken, Some(jump.at)), offset_words(jump.by));
        rows.push(("Last set", format!("to {at}, {by} what it showed")));
    }
    FeedLine { name: "This node’s clock".to_owned(), state, word, rows, problem }
}

/// What is wrong, and what to do.
fn off(why: ClockOff) -> String {
    let next = match why {
        ClockOff::Off { .. } => {
            "Nobody can sign in by code; passkeys go on. Set this machine’s clock right, and see why it is off: codes go on by \
             themselves as soon as the time service says so."
        }
        ClockOff::RanBack { .. } => {
            "Nobody can sign in by code; passkeys go on. Codes go on by themselves when the time service finds the clock right, or \
             when it has passed what it showed before."
        }
    };
    format!("{} {next}", sentence(&why.to_string()))
}

fn server(known: &ServerStanding) -> String {
    let told = match &known.told {
        None => "not asked yet".to_owned(),
        Some(Ok(ahead)) => format!("this node’s clock is {} it", offset_words(*ahead)),
        Some(Err(why)) => (*why).to_owned(),
    };
    format!("{}: {told}", known.name)
}

fn partner(spoken: &Spoken, apart: &PartnerApart, name: &str) -> FeedLine {
    FeedLine {
        name: format!("The clock of {name}"),
        state: "warning",
        word: "Differs from this node’s",
        rows: vec![
            ("It is", format!("{} this node’s", offset_words(apart.ahead))),
            ("Since", moment(spoken, Some(apart.since))),
        ],
        problem: "One of the two is wrong, and nobody can tell from here which: see what the time service says of this one, and ask \
                  that agency’s operator. With more than ten seconds nothing flows between the two."
            .to_owned(),
    }
}
