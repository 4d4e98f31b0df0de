//! `kinfold serve`: one agency's node.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use anyhow::Context;
use axum::Router;
use clap::Args;
use kinfold_http::{
    fhir,
    partner::{Knocks, Limits, PartnerKeys, PartnerParts},
    scim,
    web::{Department, Services, router},
};
use kinfold_service::ports::Clock;
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
    sync::{Notify, watch},
};

use super::OfNode;
use crate::{
    ambient::SystemClock,
    config::{Config, TlsFiles},
    control,
    node::{
        ClockWatch, Node, Tasks, check_named, check_sources, fhir_services, listen_to_hospitals,
        listen_to_vpn, refuse_unusable, scim_services, watch_ledger,
    },
    telemetry,
};

/// How long open requests may take to end.
const GRACE: Duration = Duration::from_secs(3);

/// Runs one agency's node until it is told to stop.
#[derive(Args)]
pub(crate) struct Serve {
    #[command(flatten)]
    node: OfNode,
    /// Logs JSON lines.
    #[arg(long)]
    json: bool,
    /// Ends when standard input does: for a process that runs several nodes.
    #[arg(long, hide = true)]
    with_parent: bool,
}

/// Why serving ended.
enum End {
    /// Somebody stopped it.
    Stopped,
    /// The agreement changed: everything that follows from it is made anew.
    Anew,
    /// The ledger failed.
    LedgerFailed,
}

impl Serve {
    pub(super) fn run(self) -> anyhow::Result<()> {
        telemetry::start(self.json);
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        runtime.block_on(self.serve())
    }

    async fn serve(self) -> anyhow::Result<()> {
        let (stop, stopping) = watch::channel(false);
        let with_parent = self.with_parent;
        tokio::spawn(async move {
            stopped(with_parent).await;
            // Nobody may be left to hear it.
            let _ = stop.send(true);
        });
        // At the start alone: a node that serves is not ended over a source that changed meanwhile.
        check(&self.node.read()?).await?;
        loop {
            match serve_once(self.node.read()?, stopping.clone()).await? {
                End::Stopped => return Ok(()),
                End::Anew => tracing::info!("the agreement changed: starting anew"),
                End::LedgerFailed => anyhow::bail!("the ledger failed to write"),
            }
        }
    }
}

async fn check(config: &Config) -> anyhow::Result<()> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let limit = Duration::from_secs(config.source_check_s);
    refuse_unusable(&check_sources(config, &clock, limit).await)
}

async fn serve_once(config: Config, mut stopping: watch::Receiver<bool>) -> anyhow::Result<End> {
    let web = listen(config.web.listen).await?;
    let partners = listen(config.partner.listen).await?;
    let node = Arc::new(Node::open(config).await?);
    check_named(&node.alarms, node.config.notifications.email.is_some()).await?;
    let hospitals = listen_to_hospitals(&node).await?;
    let vpn = listen_to_vpn(&node).await?;
    // Before anybody types a code.
    ClockWatch::over(&node).ask().await;
    record_start(&node).await?;
    let app = router(services(&node))?;
    let app = match fhir_services(&node)? {
        Some(services) => app.merge(fhir::router(services)),
        None => app,
    };
    let app = match scim_services(&node)? {
        Some(services) => app.merge(scim::router(services)),
        None => app,
    };
    let tasks = Tasks::start(&node)?;
    let activated = Arc::new(Notify::new());
    let (failing, mut failed) = watch::channel(false);
    let (ending, ended) = watch::channel(false);
    let control = tokio::spawn(control::listen(Arc::clone(&node), Arc::clone(&activated)));
    let web =
        tokio::spawn(serve_web(web, app, node.config.web.tls.as_ref().map(copy), ended.clone()));
    let desk = tokio::spawn(kinfold_http::partner::serve(
        partners,
        partner_parts(&node),
        until(ended.clone()),
    ));
    let stop = until(ended.clone());
    let hospitals = tokio::spawn(async move {
        if let Some(listener) = hospitals {
            listener.serve(stop).await;
        }
    });
    let vpn = tokio::spawn(async move {
        if let Some(listener) = vpn {
            listener.serve(until(ended)).await;
        }
    });
    tracing::info!(agency = %node.config.agency.id, web = %node.config.web.listen,
        partner = %node.config.partner.listen, "the node serves");
    let end = tokio::select! {
        _ = stopping.wait_for(|stop| *stop) => End::Stopped,
        () = activated.notified() => End::Anew,
        () = watch_ledger(&node, failing) => End::LedgerFailed,
        _ = failed.changed() => End::LedgerFailed,
    };
    // The listeners may have ended by themselves.
    let _ = ending.send(true);
    control.abort();
    let _ = tokio::join!(web, desk, hospitals, vpn, control, tasks.stop());
    // The last use of each session, for the next start to know.
    if let Err(error) = node.sign_in.note_use().await {
        tracing::warn!(%error, "it could not be written down when sessions were used");
    }
    let _ = std::fs::remove_file(control::socket(&node.config));
    release(node).await;
    Ok(end)
}

/// Waits until nobody holds the node any more, so that its ledger's lock is free for the next start.
async fn release(mut node: Arc<Node>) {
    for _ in 0..300 {
        match Arc::try_unwrap(node) {
            Ok(alone) => return drop(alone),
            Err(shared) => node = shared,
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

async fn record_start(node: &Node) -> anyhow::Result<()> {
    let (at, version) = (node.clock.now(), env!("CARGO_PKG_VERSION").to_owned());
    node.journal
        .record(kinfold_service::records::Entry::Started { at, version })
        .await
        .context("the start could not be recorded, so the node does not serve")?;
    Ok(())
}

fn services(node: &Arc<Node>) -> Services {
    Services {
        agency: node.config.agency.clone(),
        sign_in: Arc::clone(&node.sign_in),
        staff: Arc::clone(&node.staff),
        inventory: Arc::clone(&node.inventory),
        passkeys: Arc::clone(&node.passkeys),
        emergency: Arc::clone(&node.emergency),
        outside: Arc::clone(&node.outside),
        links: Arc::clone(&node.links),
        agreements: Arc::clone(&node.agreements),
        check: Arc::clone(&node.check),
        pool: Arc::clone(&node.pool),
        own_looks: Arc::clone(&node.own_looks),
        who: Arc::clone(&node.who),
        history: Arc::clone(&node.history),
        custodian: node.custodian.clone(),
        feeds: Arc::clone(&node.feeds),
        alarms: Arc::clone(&node.alarms),
        notifications: Arc::clone(&node.telling.desk),
        department: node.department.as_ref().map(|known| Department {
            board: Arc::clone(&known.board),
            outcomes: Arc::clone(&known.outcomes),
            coverage: Arc::clone(&known.coverage),
        }),
        attendances: node.at_partners.as_ref().map(|known| Arc::clone(&known.lists)),
        corrections: Arc::clone(&node.corrections),
        clock: Arc::clone(&node.clock),
        secure: node.config.web.tls.is_some(),
        trusted_proxies: node.config.web.trusted_proxies.clone(),
    }
}

fn partner_parts(node: &Arc<Node>) -> PartnerParts {
    PartnerParts {
        credential: Arc::clone(&node.credential),
        keys: Arc::clone(&node.agreements) as Arc<dyn PartnerKeys>,
        desk: Arc::clone(&node.desks) as _,
        clock: Arc::clone(&node.clock),
        limits: Limits::default(),
        knocks: Arc::new(Knocks::default()),
    }
}

async fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address)
        .await
        .with_context(|| format!("can't listen on {address}: is another program using it?"))
}

async fn serve_web(
    listener: TcpListener,
    app: Router,
    tls: Option<TlsFiles>,
    ended: watch::Receiver<bool>,
) -> anyhow::Result<()> {
    // A session is opened from an address.
    let app = app.into_make_service_with_connect_info::<SocketAddr>();
    let Some(files) = tls else {
        let stop = until(ended.clone());
        let serving = axum::serve(listener, app).with_graceful_shutdown(stop);
        return within_grace(async { Ok(serving.await?) }, ended).await;
    };
    let config =
        axum_server::tls_rustls::RustlsConfig::from_pem_file(&files.certificate, &files.key)
            .await
            .context("[web.tls] certificate or key can't be used")?;
    let handle = axum_server::Handle::new();
    let stopper = handle.clone();
    tokio::spawn(async move {
        until(ended).await;
        stopper.graceful_shutdown(Some(GRACE));
    });
    let listener = listener.into_std()?;
    axum_server::from_tcp_rustls(listener, config)?.handle(handle).serve(app).await?;
    Ok(())
}

/// Live pages never end by themselves: they are cut off after the grace.
async fn within_grace(
    serving: impl Future<Output = anyhow::Result<()>>,
    ended: watch::Receiver<bool>,
) -> anyhow::Result<()> {
    tokio::select! {
        served = serving => served,
        () = async { until(ended).await; tokio::time::sleep(GRACE).await } => Ok(()),
    }
}

async fn until(mut ended: watch::Receiver<bool>) {
    // A sender that is gone has ended, too.
    let _ = ended.wait_for(|ended| *ended).await;
}

fn copy(files: &TlsFiles) -> TlsFiles {
    TlsFiles { certificate: files.certificate.clone(), key: files.key.clone() }
}

/// Resolves on Ctrl-C, on SIGTERM, and, where asked for, when standard input ends.
pub(crate) async fn stopped(with_parent: bool) {
    let terminated = async {
        match signal(SignalKind::terminate()) {
            Ok(mut signal) => drop(signal.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    let interrupted = async {
        match signal(SignalKind::interrupt()) {
            // A child of the demonstration hears the terminal's Ctrl-C too; its parent decides when it ends.
            Ok(_) if with_parent => std::future::pending().await,
            Ok(mut signal) => drop(signal.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    let orphaned = async {
        if with_parent {
            parent_gone().await;
        } else {
            std::future::pending::<()>().await;
        }
    };
    tokio::select! { () = terminated => {}, () = interrupted => {}, () = orphaned => {} }
}

/// Resolves when standard input ends. It is read on a thread of its own: a runtime waits for its own threads, and so a node that refuses to
/// start would not end before its parent did.
async fn parent_gone() {
    let (gone, heard) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        // Whatever is written there means nothing: only its end does.
        let _ = std::io::copy(&mut std::io::stdin().lock(), &mut std::io::sink());
        let _ = gone.send(());
    });
    // Either word of the end or a thread that is gone.
    let _ = heard.await;
}
