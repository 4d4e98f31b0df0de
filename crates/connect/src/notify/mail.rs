//! E-mail over SMTP: one message to one employee.

use std::time::{Duration, SystemTime};

use kinfold_domain::EmailAddress;
use kinfold_service::{notifications::Undelivered, ports::Letter};
use lettre::{
    Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{
        Mailbox,
        header::{ContentType, HeaderName, HeaderValue},
    },
    transport::smtp::{
        AsyncSmtpTransportBuilder, Error,
        authentication::Credentials,
        client::{Certificate, CertificateStore, Tls, TlsParameters},
        extension::ClientId,
    },
};
use secrecy::ExposeSecret;
use url::Url;

use super::{EmailConfig, Security, later, never, page, secret};
use crate::{Unusable, certificate::certificate_problem};

/// Replies of SMTP that mean this address, not this moment (RFC 5321 section 4.2.3).
const ADDRESS_REFUSED: [&str; 5] = ["550", "551", "553", "555", "556"];

/// The way to a mail server.
pub(super) struct Mail {
    config: EmailConfig,
    from: Mailbox,
    builder: AsyncSmtpTransportBuilder,
    pages: Url,
}

impl Mail {
    pub(super) fn new(config: &EmailConfig, pages: Url, limit: Duration) -> Result<Self, Unusable> {
        config.check()?;
        let from = address(&config.from).ok_or_else(|| {
            Unusable::one("[notifications.email] from is no address that a mail server would take")
        })?;
        let mut builder =
            AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(config.server.as_str())
                .port(config.port())
                .tls(tls(config)?)
                .timeout(Some(limit));
        if let Some(host) = pages.domain() {
            builder = builder.hello_name(ClientId::Domain(host.to_owned()));
        }
        let from = Mailbox::new(Some("Kinfold".to_owned()), from);
        let mail = Self { config: config.clone(), from, builder, pages };
        mail.credentials()?;
        Ok(mail)
    }

    fn credentials(&self) -> Result<Option<Credentials>, Unusable> {
        let (Some(user), Some(file)) = (&self.config.user, &self.config.password_file) else {
            return Ok(None);
        };
        let password = secret::read("[notifications.email] password_file", file)?;
        Ok(Some(Credentials::new(user.clone(), password.expose_secret().to_owned())))
    }

    /// Sends one message; only the server's own yes counts.
    pub(super) async fn send(&self, letter: &Letter, to: &EmailAddress) -> Result<(), Undelivered> {
        let message = self.message(letter, to)?;
        let mut builder = self.builder.clone();
        if let Some(credentials) = self.credentials().map_err(|error| later(error.to_string()))? {
            builder = builder.credentials(credentials);
        }
        let transport = builder.build::<Tokio1Executor>();
        transport.send(message).await.map(drop).map_err(|error| failure(&error))
    }

    /// The same bytes whenever it is sent: identity and date follow from the notification.
    fn message(&self, letter: &Letter, to: &EmailAddress) -> Result<Message, Undelivered> {
        let wrong = || never("the employee's e-mail address is none that a mail server would take");
        let to = Mailbox::new(None, address(to).ok_or_else(wrong)?);
        let says = letter.event.sentence();
        let text =
            format!("{says} Sign in to Kinfold: {}\n", page(&self.pages, letter.event.page()));
        let message = Message::builder()
            .from(self.from.clone())
            .to(to)
            .subject(format!("Kinfold: {}", says.trim_end_matches('.')))
            .date(SystemTime::from(letter.at))
            .message_id(Some(format!("<{}@{}>", letter.id, self.from.email.domain())))
            .raw_header(HeaderValue::new(
                HeaderName::new_from_ascii_str("Auto-Submitted"),
                "auto-generated".to_owned(),
            ))
            .header(ContentType::TEXT_PLAIN);
        message.body(text).map_err(|_| never("the message can't be written"))
    }
}

fn address(address: &EmailAddress) -> Option<Address> {
    address.expose().parse().ok()
}

fn tls(config: &EmailConfig) -> Result<Tls, Unusable> {
    if config.security == Security::None {
        return Ok(Tls::None);
    }
    let mut parameters = TlsParameters::builder(config.server.clone());
    if let Some(path) = &config.ca_file {
        let certificates = authorities(&secret::pem(path)?);
        if certificates.is_empty() {
            return Err(Unusable::one(format!("ca_file {}: no PEM certificate", path.display())));
        }
        parameters = parameters.certificate_store(CertificateStore::None);
        for certificate in certificates {
            parameters = parameters.add_root_certificate(certificate);
        }
    }
    let parameters = parameters
        .build_rustls()
        .map_err(|_| Unusable::one("[notifications.email]: its encryption can't be set up"))?;
    Ok(match config.security {
        Security::Tls => Tls::Wrapper(parameters),
        Security::Starttls | Security::None => Tls::Required(parameters),
    })
}

fn authorities(pem: &[u8]) -> Vec<Certificate> {
    use rustls_pki_types::{CertificateDer, pem::PemObject as _};
    let certificates = CertificateDer::pem_slice_iter(pem).filter_map(Result::ok);
    certificates.filter_map(|der| Certificate::from_der(der.to_vec()).ok()).collect()
}

/// What the server wrote is not repeated: it may name the address.
fn failure(error: &Error) -> Undelivered {
    if let Some(code) = error.status().map(|code| code.to_string()) {
        let why = format!("the mail server refused it: {code}");
        return if ADDRESS_REFUSED.contains(&code.as_str()) { never(why) } else { later(why) };
    }
    if let Some(problem) = certificate_problem(error) {
        return later(format!("the mail server: {problem}"));
    }
    later(if error.is_timeout() {
        "the mail server took too long"
    } else if error.is_tls() {
        "the mail server's encryption can't be used"
    } else if error.is_client() {
        "the mail server does not offer what is configured: encryption, or a way to sign in"
    } else {
        "the mail server can't be reached, or broke off"
    })
}
