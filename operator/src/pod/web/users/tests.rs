use crds::WebConfigFileFields;
use serde_json::{Value, json};

use super::*;
use crate::pod::web::{self, own_user};

/// A hash as bcrypt writes it.
const HASH: &str = "$2y$04$QKyLh9CC4Sj1OZDPVxyk8.hO6wxB6FvHuMDBCIPBgu3YozLQrDGYy";
const PASSWORD: &str = "000102030405060708090a0b0c0d0e0f1011121314151617";

fn fields(users: &Value) -> WebConfigFileFields {
    serde_json::from_value(json!({ "basicAuthUsers": users })).expect("the fields of a web server")
}

fn user(name: &str, key: &str) -> Value {
    json!({ "username": name, "passwordHash": { "name": "users", "key": key } })
}

fn own() -> ObjectKey {
    ObjectKey::new("team", "main-web-config")
}

/// A Secret `users` with these entries, and our own with the password.
fn assets(entries: &Value) -> Assets {
    let mut assets = Assets::default();
    for (name, entries) in [
        ("users", entries),
        ("main-web-config", &json!({ own_user::PASSWORD_FILE: PASSWORD })),
    ] {
        let secret = json!({ "metadata": { "namespace": "team", "name": name }, "stringData": entries });
        assets.insert_secret(serde_json::from_value(secret).expect("a Secret"));
    }
    assets
}

fn program(minor: u64) -> Program {
    Program {
        name: "Prometheus",
        version: Version::new(2, minor, 0),
        since: web::PROMETHEUS_SINCE,
    }
}

fn checked(users: &Value, entries: &Value) -> Result<(), String> {
    let (fields, assets) = (fields(users), assets(entries));
    let users = Users::of(Some(&fields), program(50), &own(), &assets, &Settings::default());
    users.map(drop).map_err(|invalid| invalid.to_string())
}

#[test]
fn a_hash_is_what_a_login_can_be_compared_with() {
    let salt = "QKyLh9CC4Sj1OZDPVxyk8.hO6wxB6FvHuMDBCIPBgu3YozLQrDGYy";
    for (text, expected) in [
        (HASH.to_owned(), true),
        (format!("{HASH}\n"), true),
        (format!("$2a$31${salt}"), true),
        (format!("$2b$10${salt}"), true),
        (format!("$2x$10${salt}"), false),
        (format!("$2y$03${salt}"), false),
        (format!("$2y$32${salt}"), false),
        (format!("$2y$10${}", &salt[1..]), false),
        (format!("ann:{HASH}"), false),
        ("hunter2".to_owned(), false),
        (String::new(), false),
    ] {
        let found = checked(&json!([user("ann", "ann")]), &json!({ "ann": text }));
        assert_eq!(found.is_ok(), expected, "{text}");
        if let Err(message) = found {
            assert!(
                message.starts_with("web.basicAuthUsers[0].passwordHash: key \"ann\" in secret \"users\""),
                "{message}"
            );
            assert!(text.is_empty() || !message.contains(&text), "{message}");
        }
    }
}

#[test]
fn what_is_wrong_is_said_with_its_field() {
    let entries = json!({ "ann": HASH });
    for (users, message) in [
        (
            json!([user("ann", "ann"), user("bob", "bob")]),
            "web.basicAuthUsers[1].passwordHash: key \"bob\" in secret team/users not found",
        ),
        (
            json!([{ "username": "ann", "passwordHash": { "name": "others", "key": "ann" } }]),
            "web.basicAuthUsers[0].passwordHash: secret team/others not found",
        ),
        (
            json!([user("ann", "ann"), user("ann", "ann")]),
            "web.basicAuthUsers[1].username: there are two users \"ann\"",
        ),
        (
            json!([user("", "ann")]),
            "web.basicAuthUsers[0].username: the name \"\" must not",
        ),
        (
            json!([user("a:b", "ann")]),
            "web.basicAuthUsers[0].username: the name \"a:b\" must not",
        ),
        (
            json!([user("config-reloader", "ann")]),
            "web.basicAuthUsers[0].username: the name \"config-reloader\" is that of a user which the operator makes",
        ),
    ] {
        let found = checked(&users, &entries).expect_err(message);
        assert!(found.starts_with(message), "{found}");
    }
    assert_eq!(checked(&json!([user("ann", "ann")]), &entries), Ok(()));
}

#[test]
fn a_user_whose_optional_hash_is_missing_cannot_log_in() {
    let missing = json!({ "username": "bob", "passwordHash": { "name": "others", "key": "bob", "optional": true } });
    let (fields, assets) = (fields(&json!([missing])), assets(&json!({})));
    let users = Users::of(Some(&fields), program(24), &own(), &assets, &Settings::default())
        .unwrap()
        .unwrap();
    let section = formats::yaml::to_string(&users.section());
    assert!(
        section.starts_with("config-reloader: ") && !section.contains("bob"),
        "{section}"
    );
}

#[test]
fn a_pod_that_cannot_ask_for_passwords_is_refused() {
    let (fields, assets) = (fields(&json!([user("ann", "ann")])), assets(&json!({ "ann": HASH })));
    let of = |program, settings: &Settings| {
        let users = Users::of(Some(&fields), program, &own(), &assets, settings);
        users
            .map(|users| users.is_some())
            .map_err(|invalid| invalid.to_string())
    };
    let settings = Settings::default();
    assert_eq!(of(program(24), &settings), Ok(true));
    let message = "web.basicAuthUsers: Prometheus 2.23.0 knows no users: it must be 2.24.0 or later";
    assert_eq!(of(program(23), &settings), Err(message.to_owned()));
    let mut settings = Settings::default();
    settings.reloader.image = "quay.io/prometheus-operator/prometheus-config-reloader:v0.93.0".to_owned();
    let message = of(program(24), &settings).expect_err("it has no flags for a password");
    assert!(message.contains("v0.93.0 cannot log in"), "{message}");
}

#[test]
fn the_files_hold_all_users_and_our_own() {
    let (fields, assets) = (
        fields(&json!([user("zoe", "zoe"), user("ann", "ann")])),
        assets(&json!({ "ann": HASH, "zoe": format!("{HASH}\n") })),
    );
    let settings = Settings::default();
    let users = Users::of(Some(&fields), program(50), &own(), &assets, &settings).expect("users");
    assert_eq!(format!("{users:?}"), "Some({\"ann\", \"zoe\"})");
    let files = || data(Some(&fields), users.as_ref(), "/etc/web");
    let text = |key: &str| String::from_utf8(files()[key].0.clone()).expect("text");
    let config = text(web::FILE);
    let lines: Vec<&str> = config.lines().collect();
    assert_eq!(lines[0], "basic_auth_users:");
    assert_eq!(
        (lines[1], lines[3]),
        (&*format!("  ann: {HASH}"), &*format!("  zoe: {HASH}"))
    );
    let hash = lines[2].strip_prefix("  config-reloader: ").expect("our own user");
    assert!(bcrypt::verify(PASSWORD, hash).expect("a hash"));
    assert_eq!(text(own_user::PASSWORD_FILE), PASSWORD);
    assert_eq!(
        text(own_user::CLIENT_FILE),
        "basic_auth:\n  username: config-reloader\n  password_file: /etc/web/current/config-reloader-password\n\
         tls_config:\n  insecure_skip_verify: true\n"
    );
    assert_eq!(files(), files(), "the same each time");
    let none = data(None, None, "/etc/web");
    assert_eq!(none.keys().collect::<Vec<_>>(), [web::FILE]);
}

#[test]
fn our_own_password_stays_until_it_is_lost() {
    let fields = fields(&json!([user("ann", "ann")]));
    let new: own_user::NewPassword = || Ok("f".repeat(48));
    let mut kept = assets(&json!({}));
    let password = |assets: &Assets| {
        let password = assets.secret("team", &own_user::key(&own()));
        password.map(str::to_owned)
    };
    own_user::ensure(Some(&fields), &own(), &mut kept, new).expect("it is there");
    assert_eq!(password(&kept), Ok(PASSWORD.to_owned()));
    for content in [json!({}), json!({ own_user::PASSWORD_FILE: "secret" })] {
        let secret = json!({ "metadata": { "namespace": "team", "name": "main-web-config" }, "stringData": content });
        let mut lost = Assets::default();
        lost.insert_secret(serde_json::from_value(secret).expect("a Secret"));
        own_user::ensure(Some(&fields), &own(), &mut lost, new).expect("a new one");
        assert_eq!(password(&lost), Ok("f".repeat(48)));
    }
    let mut unneeded = Assets::default();
    own_user::ensure(None, &own(), &mut unneeded, new).expect("nobody needs one");
    assert!(password(&unneeded).is_err());
    let (one, two) = (own_user::generated(), own_user::generated());
    assert_ne!(one.expect("random bytes"), two.expect("random bytes"));
}
