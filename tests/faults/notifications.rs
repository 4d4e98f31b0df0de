//! Notifications through bad days: the mail server is down and the node is killed with mail waiting.

use std::{
    collections::BTreeSet,
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    thread::sleep,
    time::Duration,
};

use crate::{
    arrivals::{arrival, hospital_says},
    browser::Browser,
    stage::{Stage, skip, wait_for},
};

/// A mail server that others wrote; dropped, it ends.
struct MailServer {
    process: Child,
    /// Identities of messages to one address, as they came.
    taken: Arc<Mutex<Vec<(String, String)>>>,
}

fn clients() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../connect/tests/notify_clients")
}

impl MailServer {
    fn start(port: u16) -> Self {
        let mut command = Command::new("python3");
        command.arg(clients().join("mail.py")).arg("plain");
        command.env("PYTHONPATH", clients().join("site")).env("MAIL_PORT", port.to_string());
        let mut process =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("a mail server");
        let mut lines = BufReader::new(process.stdout.take().expect("its output")).lines();
        lines.next().expect("its port").expect("a line");
        let taken = Arc::new(Mutex::new(Vec::new()));
        let box_of = Arc::clone(&taken);
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let said: serde_json::Value = serde_json::from_str(&line).expect("JSON");
                let message = said["message"].as_str().expect("a message");
                let id = message.lines().find_map(|line| line.strip_prefix("Message-ID: "));
                let to = said["to"][0].as_str().expect("an address").to_owned();
                box_of.lock().unwrap().push((id.expect("an identity").to_owned(), to));
            }
        });
        Self { process, taken }
    }

    /// Different messages to an address.
    fn different(&self, to: &str) -> BTreeSet<String> {
        let taken = self.taken.lock().unwrap();
        taken.iter().filter(|(_, whom)| whom == to).map(|(id, _)| id.clone()).collect()
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

const WORKER: &str = "wendy.worker@council.example";

fn by_mail(stage: &Stage) {
    let port = stage.free_port();
    let settings = format!(
        "[notifications]\nfirst_retry_s = 1\nlongest_retry_s = 2\ngive_up_after = 1000\ntimeout_s = 3\n\n\
         [notifications.roles]\nattendance-to-acknowledge = [\"information-governance\"]\n\n\
         [notifications.email]\nserver = \"localhost\"\nsecurity = \"none\"\nport = {port}\n\
         from = \"kinfold@council.example\"\n\n[feeds]"
    );
    stage.configure("council", "[feeds]", &settings);
}

fn address(stage: &Stage, user: &str, address: &str) {
    let node = ["--config", "council/kinfold.toml"];
    stage.must(&[&["employee", "set-email", user, address], &node[..]].concat());
}

#[test]
fn what_waits_for_a_mail_server_that_is_down_outlives_kills_and_is_delivered_or_put_aside_in_sight()
{
    if !clients().join("site/aiosmtpd").is_dir() {
        return skip("the mail server's packages are missing; run cargo xtask setup");
    }
    let mut stage = Stage::set("notifications");
    by_mail(&stage);
    stage.start_all();
    address(&stage, "wendy.worker", WORKER);
    // The mail server refuses this one for good.
    address(&stage, "ivan.infogov", "refused@council.example");
    let worker = Browser::signed_in(&stage, "council", "wendy.worker", 0);
    for round in 0..4u32 {
        let message = arrival(&format!("N{round}"), &format!("N{round}"));
        assert_eq!(hospital_says(&stage, &message).as_deref(), Some("AA"));
        // Sometimes before the council heard of it, sometimes while it tries to tell.
        sleep(Duration::from_millis(u64::from(round) * 600));
        stage.kill("council");
        stage.serve("council");
    }
    wait_for("the council to hear of all", || {
        worker.get("/attendances").body.matches(": Arrived").count() == 4
    });
    stage.kill("council");
    stage.serve("council");

    let server = MailServer::start(stage.free_port());
    wait_for("the first mail", || !server.different(WORKER).is_empty());
    stage.kill("council");
    stage.serve("council");
    wait_for("all mails", || server.different(WORKER).len() == 4);

    let operator = Browser::signed_in(&stage, "council", "otto.operator", 0);
    let aside = |operator: &Browser| operator.get("/notifications").body.matches("/again").count();
    wait_for("what was refused to be in sight", || aside(&operator) == 4);
    stage.kill("council");
    stage.serve("council");
    assert_eq!(aside(&operator), 4, "it outlives a kill");
    operator.get("/notifications").must(200, "0 wait to be sent");
    sleep(Duration::from_secs(4));
    assert_eq!(server.different(WORKER).len(), 4, "nothing else was told");
}
