//! What an Alertmanager is configured by: Secrets, ConfigMaps and objects, and what of them it loads again when they change.

use anyhow::Context as _;
use crds::Alertmanager;
use crds::v1alpha1::AlertmanagerConfig;
use e2e::{
    AlertmanagerServer, LIVE, Namespace, STARTED, Served, alertmanager, eventually, fixtures, metric, with_namespace,
};
use serde_json::json;

async fn write(namespace: &Namespace, entries: &[(&str, &str)]) -> anyhow::Result<()> {
    namespace.write_secret("alertmanager-main", entries).await
}

async fn await_loaded(server: &AlertmanagerServer, present: &str, absent: &str) -> anyhow::Result<()> {
    eventually(LIVE, &format!("the configuration has {present:?}"), async || {
        let loaded = server.loaded_configuration().await?;
        anyhow::ensure!(
            loaded.contains(present) && (absent.is_empty() || !loaded.contains(absent)),
            "the configuration is\n{loaded}"
        );
        Ok(())
    })
    .await
}

// Row 11
#[tokio::test]
async fn alertmanagers_form_a_cluster_and_take_a_changed_configuration() -> anyhow::Result<()> {
    with_namespace(async |namespace| {
        let configured = async |receiver: &str| {
            let configuration = fixtures::alertmanager_configuration(receiver, "nobody");
            write(namespace, &[("alertmanager.yaml", &configuration)]).await
        };
        configured("first-receiver").await?;
        let servers = fixtures::start_alertmanager(namespace, &fixtures::alertmanager("main", 2)).await?;
        for server in &servers {
            eventually(LIVE, "the cluster has two members", async || {
                let peers = server.peers().await?;
                anyhow::ensure!(peers == 2, "{peers} members");
                Ok(())
            })
            .await?;
        }

        configured("second-receiver").await?;
        for server in &servers {
            await_loaded(server, "second-receiver", "first-receiver").await?;
        }
        Ok(())
    })
    .await
}

/// The route of an object takes the alerts of its namespace, and no others.
// Row 59
#[tokio::test]
async fn an_alert_goes_to_the_receiver_that_an_object_names() -> anyhow::Result<()> {
    with_namespace(async |namespace| {
        fixtures::start_app(namespace, "receiver", 1).await?;
        namespace
            .apply(&fixtures::alertmanager_config("team", "receiver"))
            .await?;
        let name = &namespace.name;
        for (alert, namespace_label) in [("Ours", name.as_str()), ("Foreign", "elsewhere")] {
            let expression = format!("label_replace(vector(1), \"namespace\", \"{namespace_label}\", \"\", \"\")");
            let rule = fixtures::alerting_rule(&alert.to_lowercase(), alert, &expression);
            namespace.apply(&rule).await?;
        }
        let mut prometheus = fixtures::prometheus("main");
        prometheus.spec.alerting = Some(fixtures::alerts_to(namespace)?);
        fixtures::start_prometheus(namespace, &prometheus).await?;
        let mut main = fixtures::alertmanager("main", 1);
        main.spec.alertmanager_config_selector = Some(Box::default());
        let servers = fixtures::start_alertmanager(namespace, &main).await?;

        eventually(LIVE, "both alerts are in Alertmanager", async || {
            let alerts = servers[0].alerts().await?;
            let has = |name: &str| alerts.iter().any(|alert| alert == name);
            anyhow::ensure!(has("Ours") && has("Foreign"), "it has {alerts:?}");
            Ok(())
        })
        .await?;
        eventually(STARTED, "the alert of the namespace is at the receiver", async || {
            let alerts = alertmanager::received_alerts(namespace, "receiver").await?;
            anyhow::ensure!(alerts.iter().any(|alert| alert == "Ours"), "it got {alerts:?}");
            Ok(())
        })
        .await?;
        // What comes after the foreign alert has arrived: so that one would have, too.
        let expression = format!("label_replace(vector(1), \"namespace\", \"{name}\", \"\", \"\")");
        namespace
            .apply(&fixtures::alerting_rule("later", "OursLater", &expression))
            .await?;
        let alerts = eventually(STARTED, "a later alert is at the receiver", async || {
            let alerts = alertmanager::received_alerts(namespace, "receiver").await?;
            anyhow::ensure!(alerts.iter().any(|alert| alert == "OursLater"), "it got {alerts:?}");
            Ok(alerts)
        })
        .await?;
        anyhow::ensure!(
            alerts.iter().all(|alert| alert.starts_with("Ours")),
            "it got {alerts:?}"
        );
        Ok(())
    })
    .await
}

/// Alertmanager reads templates when it loads its configuration: so a changed one is seen by another load.
// Rows 14, 15, 20
#[tokio::test]
async fn changed_templates_are_loaded_from_wherever_they_are() -> anyhow::Result<()> {
    with_namespace(async |namespace| {
        let template = |text: &str| format!("{{{{ define \"text\" }}}}{text}{{{{ end }}}}");
        let configuration = concat!(
            "templates:\n- /etc/alertmanager/config/*.tmpl\n- /etc/alertmanager/secrets/templates/*.tmpl\n",
            "- /etc/alertmanager/configmaps/templates/*.tmpl\nroute:\n  receiver: own\nreceivers:\n- name: own\n",
        );
        let configured = async |text: &str| {
            let entries = [("alertmanager.yaml", configuration), ("own.tmpl", &template(text))];
            namespace.write_secret("own", &entries).await
        };
        configured("first").await?;
        namespace
            .write_secret("templates", &[("secret.tmpl", &template("first"))])
            .await?;
        namespace
            .write_config_map("templates", &[("map.tmpl", &template("first"))])
            .await?;
        let spec = json!({ "spec": { "configSecret": "own", "secrets": ["templates"], "configMaps": ["templates"] } });
        let main: Alertmanager = fixtures::with(fixtures::alertmanager("main", 1), spec)?;
        let servers = fixtures::start_alertmanager(namespace, &main).await?;
        await_loaded(&servers[0], "/etc/alertmanager/configmaps/templates", "").await?;
        let loaded_at = async || -> anyhow::Result<f64> {
            let metrics = servers[0].metrics().await?;
            metric(
                &metrics,
                "alertmanager_config_last_reload_success_timestamp_seconds",
                &[],
            )
        };
        let loaded_since = async |before: f64| {
            eventually(LIVE, "the templates are loaded again", async || {
                let at = loaded_at().await?;
                anyhow::ensure!(at > before, "last loaded at {at}");
                Ok(())
            })
            .await
        };
        // What the reloader does when it starts is no answer to a change.
        eventually(LIVE, "the reloader has made its first reload", async || {
            let first = metric(
                &servers[0].reloader_metrics().await?,
                "reloader_last_reload_successful",
                &[],
            )?;
            anyhow::ensure!(first > 0.5, "it is {first}");
            Ok(())
        })
        .await?;
        let before = loaded_at().await?;
        configured("second").await?;
        loaded_since(before).await?;
        let before = loaded_at().await?;
        namespace
            .write_secret("templates", &[("secret.tmpl", &template("second"))])
            .await?;
        loaded_since(before).await?;
        let before = loaded_at().await?;
        namespace
            .write_config_map("templates", &[("map.tmpl", &template("second"))])
            .await?;
        loaded_since(before).await
    })
    .await
}

// Row 10
#[tokio::test]
async fn a_service_of_the_user_leads_to_alertmanager() -> anyhow::Result<()> {
    with_namespace(async |namespace| {
        let service = json!({
            "metadata": { "name": "mine" },
            "spec": {
                "selector": { "alertmanager": "main" },
                "ports": [{ "name": "web", "port": 80, "targetPort": "web" }],
            },
        });
        namespace
            .apply(&serde_json::from_value::<k8s_openapi::api::core::v1::Service>(service)?)
            .await?;
        fixtures::start_alertmanager(namespace, &fixtures::alertmanager("main", 1)).await?;
        let service = Served::service(namespace, "mine", "web");
        eventually(LIVE, "Alertmanager answers", async || service.text("/-/ready").await).await?;
        Ok(())
    })
    .await
}

/// One object is the root, with global settings and templates; others add to it, each bound to its namespace or not.
// Rows 18, 21, 27
#[tokio::test]
async fn objects_are_the_configuration_and_their_matchers_follow_the_strategy() -> anyhow::Result<()> {
    with_namespace(async |namespace| {
        let other = namespace.beside(&[]).await?;
        namespace
            .apply(&fixtures::alertmanager_config("root", "receiver"))
            .await?;
        other.apply(&fixtures::alertmanager_config("team", "receiver")).await?;
        let root = json!({ "metadata": { "labels": { "kind": "root" } } });
        namespace.merge::<AlertmanagerConfig>("root", &root).await?;
        namespace
            .write_config_map("template", &[("one.tmpl", "{{ define \"one\" }}1{{ end }}")])
            .await?;
        namespace.write_secret("smtp", &[("password", "secret")]).await?;
        let global = json!({
            "resolveTimeout": "7m",
            "smtp": {
                "from": "alerts@example.test",
                "smartHost": { "host": "mail.example.test", "port": "587" },
                "authUsername": "user",
                "authPassword": { "name": "smtp", "key": "password" },
                "requireTLS": true,
            },
        });
        let spec = |strategy: &str| {
            json!({ "spec": {
                "alertmanagerConfiguration": {
                    "name": "root",
                    "global": global,
                    "templates": [{ "configMap": { "name": "template", "key": "one.tmpl" } }],
                },
                "alertmanagerConfigSelector": {
                    "matchExpressions": [{ "key": "kind", "operator": "DoesNotExist" }],
                },
                "alertmanagerConfigNamespaceSelector": { "matchLabels": { (e2e::TEST_LABEL): namespace.name } },
                "alertmanagerConfigMatcherStrategy": { "type": strategy },
            }})
        };
        let main: Alertmanager = fixtures::with(fixtures::alertmanager("main", 1), spec("OnNamespace"))?;
        let servers = fixtures::start_alertmanager(namespace, &main).await?;
        let matcher = format!("namespace=\"{}\"", other.name);
        let receiver = format!("{}/team/app", other.name);
        await_loaded(&servers[0], &matcher, "").await?;
        for part in [
            "resolve_timeout: 7m",
            "smtp_from: alerts@example.test",
            "one.tmpl",
            receiver.as_str(),
        ] {
            await_loaded(&servers[0], part, "").await?;
        }
        let main: Alertmanager = fixtures::with(fixtures::alertmanager("main", 1), spec("None"))?;
        namespace.apply(&main).await?;
        await_loaded(&servers[0], &receiver, &matcher).await?;

        other.label(e2e::TEST_LABEL, None).await?;
        await_loaded(&servers[0], "resolve_timeout: 7m", &receiver).await?;
        let sets = namespace.api::<k8s_openapi::api::apps::v1::StatefulSet>();
        sets.get_opt("alertmanager-main").await?.context("it is gone")?;
        Ok(())
    })
    .await
}
