//! How a VPN's concentrators stand, as the page of feeds shows it.

use kinfold_service::feeds::{VpnClientHealth, VpnHealth};

use super::{
    feeds_page::{FeedLine, moment},
    spoken::Spoken,
};

/// Each client, and whoever asks without being one.
pub(super) fn lines(spoken: &Spoken, vpn: &VpnHealth) -> Vec<FeedLine> {
    let clients = vpn.clients.iter().map(|known| client(spoken, known));
    let strangers = (vpn.strangers > 0).then(|| strangers(vpn.strangers));
    clients.chain(strangers).collect()
}

fn client(spoken: &Spoken, known: &VpnClientHealth) -> FeedLine {
    let (state, word) = match (known.last, known.unsigned + known.wrong_secret) {
        (_, 1..) => ("warning", "Requests are dropped"),
        (None, 0) => ("warning", "Nothing has come since the start"),
        (Some(_), 0) => ("good", "Asks"),
    };
    let [accepted, refused, asked] = known.counts;
    let rows = vec![
        ("Last request", moment(spoken, known.last)),
        ("Let in since the start", accepted.to_string()),
        ("Refused", refused.to_string()),
        ("Asked for the code", asked.to_string()),
        ("Dropped without a Message-Authenticator", known.unsigned.to_string()),
        ("Dropped with a wrong one", known.wrong_secret.to_string()),
        ("Dropped otherwise", known.dropped.to_string()),
    ];
    let problem = match (known.unsigned, known.wrong_secret) {
        (1.., _) => "Its requests lack a Message-Authenticator: switch it on at the concentrator.",
        (0, 1..) => "Its Message-Authenticator is wrong: is the secret the same at both ends?",
        (0, 0) => "",
    };
    FeedLine { name: known.name.clone(), state, word, rows, problem: problem.to_owned() }
}

fn strangers(count: u64) -> FeedLine {
    FeedLine {
        name: "No client".to_owned(),
        state: "warning",
        word: "Dropped",
        rows: vec![("Packets and connections since the start", count.to_string())],
        problem: "They came from addresses, or with certificates, that no client in the configuration has.".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_operator_has_to_do_stands_beside_what_is_dropped() {
        let spoken = Spoken::at(jiff::Timestamp::UNIX_EPOCH);
        let of = |unsigned, wrong_secret, last| VpnClientHealth {
            name: "vpn-1".to_owned(),
            unsigned,
            wrong_secret,
            last,
            ..VpnClientHealth::default()
        };
        let heard = Some(jiff::Timestamp::UNIX_EPOCH);
        let table = [
            (of(0, 0, None), "Nothing has come since the start", ""),
            (of(0, 0, heard), "Asks", ""),
            (of(3, 0, heard), "Requests are dropped", "switch it on"),
            (of(0, 1, None), "Requests are dropped", "is the secret the same"),
        ];
        for (known, word, problem) in table {
            let vpn = VpnHealth { strangers: 0, clients: vec![known] };
            let [line] = &lines(&spoken, &vpn)[..] else { panic!("one line") };
            assert_eq!(line.word, word);
            assert!(line.problem.contains(problem), "{}", line.problem);
        }
        assert_eq!(lines(&spoken, &VpnHealth { strangers: 1, clients: vec![] }).len(), 1);
    }
}
