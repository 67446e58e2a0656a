use jiff::SignedDuration;

use super::*;

const DAY: SignedDuration = SignedDuration::from_hours(24);

fn wanted() -> Wanted {
    Wanted {
        namespace: "monitoring".to_owned(),
        secret: "certificates".to_owned(),
        names: ["operator.monitoring.svc".to_owned(), "127.0.0.1".to_owned()].into(),
        lifetime: Duration::from_hours(90 * 24),
        overlap: Duration::from_mins(1),
        configurations: [].into(),
        scope: crate::watch::Scope::All,
        conversion: None,
    }
}

fn now() -> Timestamp {
    "2030-01-01T00:00:00Z".parse().unwrap()
}

fn written(step: Step) -> Secret {
    match step {
        Step::Write(secret) => *secret,
        Step::Keep(until) => panic!("nothing is to be written before {until}"),
    }
}

fn kept(step: Step) -> Timestamp {
    match step {
        Step::Keep(until) => until,
        Step::Write(secret) => panic!(
            "{:?} is to be written",
            secret.data.map(|data| data.into_keys().collect::<Vec<_>>())
        ),
    }
}

fn first() -> Secret {
    written(step(None, &wanted(), now(), now()).unwrap())
}

fn count_authorities(secret: &Secret) -> usize {
    String::from_utf8_lossy(authorities(secret))
        .matches("-----BEGIN")
        .count()
}

#[test]
fn the_first_certificate_is_served_at_once() {
    let secret = first();
    assert_eq!(
        (secret.name_any().as_str(), secret.type_.as_deref()),
        ("certificates", Some("kubernetes.io/tls"))
    );
    let (certificate, key) = served(&secret);
    let pair = [certificate, key].map(|text| std::str::from_utf8(text).unwrap());
    assets::check_pair(pair[0], pair[1]).unwrap();
    assert_eq!(count_authorities(&secret), 1);
    let (since, until) = validity(certificate).unwrap();
    assert_eq!((since, until), (now() - BACKDATED, now() + DAY * 90));
    // Until a third of it is left.
    let due = kept(step(Some(&secret), &wanted(), now(), now()).unwrap());
    assert!(due > now() + DAY * 59 && due < now() + DAY * 61, "{due}");
}

#[test]
fn a_client_that_trusts_the_authority_takes_the_certificate() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let secret = first();
    let mut roots = rustls::RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_slice(authorities(&secret)).unwrap())
        .unwrap();
    let verifier = rustls::client::WebPkiServerVerifier::builder(roots.into())
        .build()
        .unwrap();
    let certificate = CertificateDer::from_pem_slice(served(&secret).0).unwrap();
    let at = |time: Timestamp| {
        let since_epoch = Duration::from_secs(time.as_second().unsigned_abs());
        rustls::pki_types::UnixTime::since_unix_epoch(since_epoch)
    };
    let takes = |name: &'static str, time| {
        let name = rustls::pki_types::ServerName::try_from(name).unwrap();
        rustls::client::danger::ServerCertVerifier::verify_server_cert(
            &*verifier,
            &certificate,
            &[],
            &name,
            &[],
            at(time),
        )
        .is_ok()
    };
    assert!(takes("operator.monitoring.svc", now()) && takes("127.0.0.1", now()));
    assert!(!takes("other.monitoring.svc", now()));
    assert!(!takes("operator.monitoring.svc", now() + DAY * 91));
}

#[test]
fn a_new_authority_is_trusted_before_its_certificate_is_served() {
    let (secret, later) = (first(), now() + DAY * 61);
    let announced = written(step(Some(&secret), &wanted(), now(), later).unwrap());
    assert_eq!(served(&announced), served(&secret));
    assert_eq!(count_authorities(&announced), 2);
    assert!(authorities(&announced).ends_with(authorities(&secret)));
    assert_eq!(
        kept(step(Some(&announced), &wanted(), later, later).unwrap()),
        later + Duration::from_mins(1)
    );

    let replaced = written(step(Some(&announced), &wanted(), later, later + Duration::from_mins(1)).unwrap());
    assert_eq!(served(&replaced).0, value(&announced, NEXT.0));
    assert_eq!(replaced.data.as_ref().unwrap().len(), 3);
    // Somebody may still serve the old one.
    assert_eq!(count_authorities(&replaced), 2);

    let after = now() + DAY * 61 + DAY * 61;
    let announced = written(step(Some(&replaced), &wanted(), now(), after).unwrap());
    assert_eq!(
        count_authorities(&announced),
        2,
        "the first one has expired, the third one has come"
    );
}

#[test]
fn the_pause_begins_when_everybody_knows_the_new_authority() {
    let later = now() + DAY * 61;
    let announced = written(step(Some(&first()), &wanted(), later, later).unwrap());
    // The API server could not be told for an hour.
    let told = later + SignedDuration::from_hours(1);
    let due = kept(step(Some(&announced), &wanted(), told, told).unwrap());
    assert_eq!(due, told + Duration::from_mins(1));
}

#[test]
fn other_names_make_another_certificate() {
    let mut other = wanted();
    other.names.insert("webhook.monitoring.svc".to_owned());
    let announced = written(step(Some(&first()), &other, now(), now()).unwrap());
    assert_eq!(count_authorities(&announced), 2);
    // Once.
    let due = kept(step(Some(&announced), &other, now(), now()).unwrap());
    let replaced = written(step(Some(&announced), &other, now(), due).unwrap());
    assert!(kept(step(Some(&replaced), &other, now(), due).unwrap()) > due + DAY);
}

#[test]
fn what_is_lost_is_made_again_at_once() {
    type Spoil = fn(&mut Secret);
    let spoils: [Spoil; 3] = [
        |secret| secret.data = None,
        |secret| put(secret, SERVED.1, "nonsense"),
        |secret| drop(secret.data.get_or_insert_default().remove(SERVED.0)),
    ];
    for spoil in spoils {
        let mut secret = first();
        spoil(&mut secret);
        let made = written(step(Some(&secret), &wanted(), now(), now()).unwrap());
        assert!(pair(&made, SERVED).is_some());
    }
    let made = written(step(Some(&first()), &wanted(), now(), now() + DAY * 100).unwrap());
    assert_eq!(count_authorities(&made), 1, "the old one has expired");
}

#[test]
fn the_secret_of_somebody_else_stays_as_it_is() {
    let mut secret = first();
    secret.metadata.labels = None;
    let error = step(Some(&secret), &wanted(), now(), now()).unwrap_err().to_string();
    assert!(
        error.starts_with("secret monitoring/certificates is not the operator's"),
        "{error}"
    );
}
