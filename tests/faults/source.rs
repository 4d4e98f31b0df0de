//! A source system that hangs, answers garbage, or is gone.

use std::{
    io::{Read, Write},
    net::TcpListener,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle, sleep},
    time::{Duration, Instant},
};

use kinfold_sample::StoryKey;

use crate::{browser::Browser, stage::Stage};

/// The partner's deadline, and what the page itself needs.
const LONGEST: Duration = Duration::from_secs(7);

#[test]
fn a_failing_source_is_named_and_the_page_comes_in_time() {
    let mut stage = Stage::running("source");
    let child = stage.child(StoryKey::OnPlan);
    let worker = Browser::signed_in(&stage, "council", "wendy.worker", 0);
    worker.view(&child).must(200, "NHS Trust (synthetic), system “");
    stage.kill("hospital");
    must_name_it(&worker, &stage, "could not be reached");
    for (garbage, why) in [(false, "did not answer in time"), (true, "can't be read")] {
        let hospital = Odd::start(stage.hospital_port(), garbage);
        must_name_it(&worker, &stage, why);
        hospital.stop();
    }
    stage.hospital();
    crate::stage::wait_for("the source to be back", || {
        worker.view(&child).says("NHS Trust (synthetic), system “")
    });
}

#[track_caller]
fn must_name_it(worker: &Browser, stage: &Stage, why: &str) {
    let begun = Instant::now();
    let page = worker.view(&stage.child(StoryKey::OnPlan));
    let took = begun.elapsed();
    page.must(200, "Its system “hospital” is missing:");
    page.must(200, why);
    assert!(took < LONGEST, "the page took {took:?}");
}

/// A hospital's server that is not well.
struct Odd {
    stop: Arc<AtomicBool>,
    serving: JoinHandle<()>,
}

impl Odd {
    fn start(port: u16, garbage: bool) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).expect("the hospital's port");
        listener.set_nonblocking(true).expect("a listener");
        let stop = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&stop);
        let serving = thread::spawn(move || {
            let mut hanging = Vec::new();
            while !told.load(Ordering::Relaxed) {
                match listener.accept() {
                    Ok((mut stream, _)) if garbage => {
                        let _ = stream.set_nonblocking(false);
                        let _ = stream.read(&mut [0; 4096]);
                        let body = "{\"resourceType\": \"Bun<html>\u{0}";
                        let _ = write!(
                            stream,
                            "HTTP/1.1 200 OK\r\ncontent-type: application/fhir+json\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
                            body.len()
                        );
                    }
                    Ok((stream, _)) => hanging.push(stream),
                    Err(_) => sleep(Duration::from_millis(10)),
                }
            }
        });
        Self { stop, serving }
    }

    fn stop(self) {
        self.stop.store(true, Ordering::Relaxed);
        self.serving.join().expect("it served");
    }
}
