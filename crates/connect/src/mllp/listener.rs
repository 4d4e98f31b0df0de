//! The listener: lets configured senders in, keeps strangers out, and stops in time.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::AtomicU32;
use std::time::Duration;

use kinfold_service::ports::{Clock, HospitalDesk};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;

use super::connection::{Connection, Limits};
use super::reception::Reception;
use super::senders::Senders;
use super::{MllpConfig, Watch};
use crate::Unusable;
use crate::acceptor::{ServerFiles, acceptor};

/// When the system can't give another connection, one more try makes it no better at once.
const PAUSE: Duration = Duration::from_millis(50);
/// How long a TLS handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// How long the messages at hand may take when the node stops.
const GRACE: Duration = Duration::from_secs(10);

/// Listens for hospital systems.
pub struct MllpListener {
    listener: TcpListener,
    hall: Arc<Hall>,
}

/// What all connections share.
struct Hall {
    reception: Arc<Reception>,
    watch: Arc<Watch>,
    acceptor: Option<TlsAcceptor>,
    places: Arc<Semaphore>,
    limits: Limits,
}

impl MllpListener {
    /// Checks the configuration whole and takes the port; nothing is read yet.
    pub async fn bind(
        config: &MllpConfig,
        desk: Arc<dyn HospitalDesk>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, Unusable> {
        config.check()?;
        let senders = Senders::new(config)?;
        let tls = match &config.tls {
            Some(tls) => Some(
                acceptor(&ServerFiles {
                    setting: "tls",
                    certificate: &tls.certificate,
                    key: &tls.key,
                    client_ca: tls.client_ca.as_deref(),
                })
                .await?,
            ),
            None => None,
        };
        let watch = Arc::new(Watch::new(&senders));
        let listener = TcpListener::bind(config.listen).await.map_err(|error| {
            Unusable::one(format!("listen: {} can't be listened on: {error}", config.listen))
        })?;
        let reception =
            Reception { senders, desk, clock, watch: Arc::clone(&watch), given: AtomicU32::new(0) };
        let hall = Hall {
            reception: Arc::new(reception),
            watch,
            acceptor: tls,
            places: Arc::new(Semaphore::new(config.max_connections)),
            limits: Limits {
                idle: Duration::from_secs(config.idle_timeout_s),
                message: Duration::from_secs(config.message_timeout_s),
                max_bytes: config.max_bytes,
            },
        };
        Ok(Self { listener, hall: Arc::new(hall) })
    }

    /// Where it listens.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Where its state can be read while it serves.
    pub fn watch(&self) -> Arc<Watch> {
        Arc::clone(&self.hall.watch)
    }

    /// Serves senders until `stop` resolves; then the messages at hand are answered, and this returns.
    pub async fn serve(self, stop: impl Future<Output = ()>) {
        let Self { listener, hall } = self;
        let (stopper, stopping) = watch::channel(false);
        let mut visits = JoinSet::new();
        let mut stop = std::pin::pin!(stop);
        loop {
            tokio::select! {
                () = &mut stop => break,
                Some(_) = visits.join_next() => {}
                accepted = listener.accept() => match accepted {
                    Ok((stream, address)) => {
                        if let Some(place) = hall.place(address.ip()) {
                            let hall = Arc::clone(&hall);
                            visits.spawn(visit(hall, place, (stream, address.ip()), stopping.clone()));
                        }
                    }
                    Err(error) => {
                        tracing::warn!(%error, "the hospitals' port can take no connection");
                        sleep(PAUSE).await;
                    }
                },
            }
        }
        drop(listener);
        // There may be nobody left to tell.
        let _ = stopper.send(true);
        let over = async { while visits.join_next().await.is_some() {} };
        if timeout(GRACE, over).await.is_err() {
            visits.shutdown().await;
        }
    }
}

/// A connection that counts for as long as it is there.
struct Place {
    watch: Arc<Watch>,
    _permit: OwnedSemaphorePermit,
}

impl Hall {
    /// A place for a connection from a known address, if there is one.
    fn place(&self, address: IpAddr) -> Option<Place> {
        if !self.reception.senders.knows(address) {
            self.watch.count(|state| state.strangers += 1);
            tracing::warn!("a connection from an address that no hospital sender has was closed");
            return None;
        }
        let Ok(permit) = Arc::clone(&self.places).try_acquire_owned() else {
            self.watch.count(|state| state.surplus += 1);
            tracing::warn!("a hospital's connection beyond max_connections was closed");
            return None;
        };
        self.watch.count(|state| state.connections += 1);
        Some(Place { watch: Arc::clone(&self.watch), _permit: permit })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.watch.count(|state| state.connections -= 1);
    }
}

async fn visit(
    hall: Arc<Hall>,
    _place: Place,
    (stream, address): (TcpStream, IpAddr),
    mut stopping: watch::Receiver<bool>,
) {
    // Small answers must not wait for more of them; a stream that is gone already fails below.
    let _ = stream.set_nodelay(true);
    let reception = Arc::clone(&hall.reception);
    let Some(acceptor) = &hall.acceptor else {
        return Connection::new(reception, address, stream, hall.limits).serve(stopping).await;
    };
    let shaken = tokio::select! {
        shaken = timeout(HANDSHAKE, acceptor.accept(stream)) => shaken,
        _ = stopping.wait_for(|stopping| *stopping) => return,
    };
    if let Ok(Ok(stream)) = shaken {
        Connection::new(reception, address, stream, hall.limits).serve(stopping).await;
    } else {
        hall.watch.count(|state| state.handshakes_failed += 1);
        tracing::warn!("a hospital's TLS handshake failed: see docs/hl7.md");
    }
}
