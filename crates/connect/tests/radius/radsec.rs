//! RADIUS over TLS.

use std::{net::SocketAddr, path::Path, sync::Arc, time::Duration};

use kinfold_connect::radius::{RadSecConfig, RadiusConfig};
use kinfold_radius::{
    Code, Secret,
    testing::{Ask, judge_reply},
};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::{TlsConnector, client::TlsStream};

use crate::vpn::{Told, Vpn, file, settings, told};

type Issuer = CertifiedIssuer<'static, KeyPair>;

/// The name in the client's certificate.
pub(crate) const NAME: &str = "vpn-1.trust.example";

pub(crate) fn issuer() -> Issuer {
    let mut params = CertificateParams::new(vec![]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    // OpenSSL takes a certificate of its issuer's name for one that signed itself.
    params.distinguished_name.push(DnType::CommonName, "Ashmoor test authority");
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// Certificate and key files for a name.
pub(crate) fn issue(folder: &Path, name: &str, issuer: &Issuer) {
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    let certificate = params.signed_by(&key, issuer).unwrap();
    file(folder, &format!("{name}.pem"), &certificate.pem());
    file(folder, &format!("{name}.key"), &key.serialize_pem());
}

/// A listener over TLS, whose client is known by its certificate.
pub(crate) async fn start(issuer: &Issuer, change: impl FnOnce(&mut RadiusConfig)) -> Vpn {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().to_owned();
    issue(&place, "localhost", issuer);
    issue(&place, NAME, issuer);
    let mut config = settings(&place);
    config.radsec = Some(RadSecConfig {
        listen: "127.0.0.1:0".parse().unwrap(),
        certificate: place.join("localhost.pem"),
        key: place.join("localhost.key"),
        client_ca: file(&place, "ca.pem", &issuer.pem()),
        max_connections: 8,
        idle_timeout_s: 60,
    });
    config.clients[0].certificate_name = Some(NAME.to_owned());
    change(&mut config);
    Vpn::of(folder, &config).await
}

struct Connection(TlsStream<TcpStream>);

impl Connection {
    /// A connection with the certificate of that name in the folder, or with none.
    async fn open(vpn: &Vpn, issuer: &Issuer, name: Option<&str>) -> std::io::Result<Self> {
        // Already set by another test.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut roots = RootCertStore::empty();
        roots.add(issuer.der().clone()).unwrap();
        let builder = ClientConfig::builder().with_root_certificates(roots);
        let config = match name {
            None => builder.with_no_client_auth(),
            Some(name) => {
                let path = vpn.folder.path();
                let pem = CertificateDer::from_pem_file(path.join(format!("{name}.pem"))).unwrap();
                let key = PrivateKeyDer::from_pem_file(path.join(format!("{name}.key"))).unwrap();
                builder.with_client_auth_cert(vec![pem], key).unwrap()
            }
        };
        let address: SocketAddr = vpn.radsec.unwrap();
        let stream = TcpStream::connect(address).await?;
        let connector = TlsConnector::from(Arc::new(config));
        connector.connect("localhost".try_into().unwrap(), stream).await.map(Self)
    }

    async fn send(&mut self, octets: &[u8]) {
        self.0.write_all(octets).await.unwrap();
        self.0.flush().await.unwrap();
    }

    /// The next packet; `None` when the other end closes.
    async fn read(&mut self) -> Option<Vec<u8>> {
        let read = async {
            let mut octets = vec![0; 4];
            self.0.read_exact(&mut octets).await.ok()?;
            octets.resize(usize::from(u16::from_be_bytes([octets[2], octets[3]])), 0);
            self.0.read_exact(&mut octets[4..]).await.ok()?;
            Some(octets)
        };
        timeout(Duration::from_secs(10), read).await.unwrap()
    }

    async fn told(&mut self, asked: [u8; 16]) -> Told {
        told(&judge_reply(&self.read().await.unwrap(), asked, &Secret::radsec()).unwrap())
    }
}

#[tokio::test]
async fn several_requests_on_one_connection_are_answered_each() {
    let issuer = issuer();
    let vpn = start(&issuer, |_| {}).await;
    let mut connection = Connection::open(&vpn, &issuer, Some(NAME)).await.unwrap();
    let secret = Secret::radsec();
    let right = Ask::access(1, [1; 16], "nurse").password(vpn.right().await.as_bytes(), &secret);
    connection.send(&right.clone().signed(&secret)).await;
    assert_eq!(connection.told([1; 16]).await.code, Code::AccessAccept);
    // Two at once, one of them without a Message-Authenticator: the connection speaks for it.
    let again = Ask::access(2, [2; 16], "nurse").password(vpn.right().await.as_bytes(), &secret);
    let status = Ask::new(Code::StatusServer, 3, [3; 16]);
    connection.send(&[again.bare(), status.signed(&secret)].concat()).await;
    let mut codes = Vec::new();
    for _ in 0..2 {
        codes.push(connection.read().await.unwrap()[..2].to_vec());
    }
    codes.sort();
    assert_eq!(codes, [[2, 3], [3, 2]], "accepted is the status, refused the code");
    assert_eq!(vpn.recorded(), ["radius radius:vpn-1", "replayed radius:vpn-1"]);
    assert_eq!(vpn.state().connections, 1);

    connection.send(&right.signed(&Secret::new(*b"another"))).await;
    connection.send(b"GET / HTTP/1.1\r\n\r\n").await;
    assert_eq!(connection.read().await, None, "what is no packet ends the connection");
    let known = &vpn.state().clients[0];
    assert_eq!((known.wrong_secret, known.malformed), (1, 1));
}

#[tokio::test]
async fn a_stranger_a_stranger_s_authority_and_a_connection_too_many_are_not_served() {
    let (issuer, other) = (issuer(), issuer());
    let vpn = start(&issuer, |config| {
        config.radsec.as_mut().unwrap().max_connections = 1;
    })
    .await;
    issue(vpn.folder.path(), "vpn-2.trust.example", &issuer);
    issue(vpn.folder.path(), "vpn-3.trust.example", &other);
    for name in [None, Some("vpn-2.trust.example"), Some("vpn-3.trust.example")] {
        // In TLS 1.3 the client learns of the refusal when it reads.
        if let Ok(mut refused) = Connection::open(&vpn, &issuer, name).await {
            assert_eq!(refused.read().await, None, "{name:?}");
        }
    }
    let state = vpn.state();
    assert_eq!((state.handshakes_failed, state.strangers, state.connections), (2, 1, 0));
    let _first = Connection::open(&vpn, &issuer, Some(NAME)).await.unwrap();
    assert!(Connection::open(&vpn, &issuer, Some(NAME)).await.is_err());
    assert_eq!(vpn.state().surplus, 1);
}

#[tokio::test]
async fn a_silent_connection_is_closed() {
    let issuer = issuer();
    let vpn = start(&issuer, |config| {
        config.radsec.as_mut().unwrap().idle_timeout_s = 1;
    })
    .await;
    let mut connection = Connection::open(&vpn, &issuer, Some(NAME)).await.unwrap();
    assert_eq!(connection.read().await, None);
    assert_eq!(vpn.state().connections, 0);
}
