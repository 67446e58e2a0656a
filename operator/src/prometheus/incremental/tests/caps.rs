//! Who adds too much is left out, and nobody else.

use super::*;

fn put(world: &mut World, namespace: &str, name: &str, spec: &Value) {
    let key = ObjectKey::new(namespace, name);
    let monitor = Arc::new(typed("ServiceMonitor", namespace, name, spec));
    world.objects.service_monitors.insert(key, monitor);
}

fn endpoints(count: usize) -> Value {
    json!({ "selector": {}, "endpoints": vec![json!({ "port": "a" }); count] })
}

/// Text that cannot be compressed to less than three quarters.
fn noise(seed: u64, length: usize) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut letter = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        char::from(LETTERS[(state % 64) as usize])
    };
    (0..length).map(|_| letter()).collect()
}

fn rejected(rendering: &Rendering) -> Vec<(String, &str)> {
    let rejection = |rejection: &'_ Rejection| rejection.object.to_string();
    rendering
        .rejections
        .iter()
        .map(|one| (rejection(one), one.message.as_str()))
        .collect()
}

#[test]
fn an_object_has_so_many_jobs() {
    let mut world = World::new();
    world.settings.caps.jobs_per_object = 30;
    put(&mut world, "shop", "fine", &endpoints(30));
    put(&mut world, "shop", "greedy", &endpoints(31));
    let rendering = world.render(&mut small());
    let message = "spec.endpoints: 31 endpoints, each of which is a job, and 30 are allowed: \
                   divide the object, or raise --max-jobs-per-object";
    assert_eq!(rejected(&rendering), [("shop/greedy".to_owned(), message)]);
    assert_eq!(
        text(&rendering.gzip)
            .matches("job_name: serviceMonitor/shop/fine/")
            .count(),
        30
    );

    let greedy = typed(
        "PodMonitor",
        "shop",
        "pods",
        &json!({ "selector": {}, "podMetricsEndpoints": vec![json!({}); 40] }),
    );
    world.objects = ScrapeObjects::default();
    world
        .objects
        .pod_monitors
        .insert(ObjectKey::new("shop", "pods"), Arc::new(greedy));
    let rendering = world.render(&mut small());
    assert!(
        rendering.rejections[0]
            .message
            .starts_with("spec.podMetricsEndpoints: 40 endpoints")
    );
}

/// Labels of the object are written once for each of its endpoints.
#[test]
fn an_object_becomes_so_many_bytes() {
    let mut world = World::new();
    world.settings.caps.bytes_per_object = 50_000;
    let labels: Vec<String> = (0..100).map(|number| format!("label_{number}")).collect();
    let mut greedy = endpoints(200);
    greedy["targetLabels"] = json!(labels);
    put(&mut world, "shop", "greedy", &greedy);
    put(&mut world, "shop", "fine", &endpoints(10));
    let rendering = world.render(&mut small());
    let message = "spec: more than 50000 bytes come of it in the configuration: divide the object, or raise --max-bytes-per-object";
    assert_eq!(rejected(&rendering), [("shop/greedy".to_owned(), message)]);
    assert_eq!(rendering.accepted[0], (ConfigKind::ServiceMonitor, 1));
}

#[test]
fn a_namespace_has_so_many_jobs_and_bytes() {
    let mut world = World::new();
    world.settings.caps.jobs_per_namespace = 50;
    for (namespace, name, count) in [
        ("bank", "large", 30),
        ("bank", "small", 15),
        ("bank", "medium", 20),
        ("shop", "fine", 40),
    ] {
        put(&mut world, namespace, name, &endpoints(count));
    }
    let mut cache = small();
    let rendering = world.render(&mut cache);
    let message = "namespace bank has 65 jobs, of which 30 are of this object, and 50 are allowed (--max-jobs-per-namespace): \
                   its objects with most jobs are left out";
    assert_eq!(rejected(&rendering), [("bank/large".to_owned(), message)]);

    // Who leaves room lets others in.
    world.objects.service_monitors.remove(&ObjectKey::new("bank", "small"));
    assert_eq!(rejected(&world.render(&mut cache)), []);

    world.settings.caps.bytes_per_namespace = text(&world.render(&mut cache).gzip).len() / 2;
    let rendering = world.render(&mut cache);
    let all = rejected(&rendering);
    let [(object, message)] = &*all else { panic!("{all:?}") };
    assert_eq!(object, "bank/large");
    assert!(
        message.contains("of namespace bank have") && message.contains("--max-bytes-per-namespace"),
        "{message}"
    );
}

#[test]
fn what_a_secret_does_not_hold_is_of_those_who_have_most() {
    let mut world = World::new();
    let mut cache = JobCache {
        limits: Limits { secret: 40_000 },
        ..small()
    };
    for number in 0..30 {
        put(&mut world, &format!("team-{number}"), "fine", &endpoints(2));
    }
    let noisy = |seed| {
        let rule = json!({ "targetLabel": "a", "replacement": noise(seed, 30_000) });
        json!({ "selector": {}, "endpoints": [{ "port": "a", "relabelings": [rule] }] })
    };
    for number in 0..200 {
        put(&mut world, "noisy", &format!("loud-{number}"), &noisy(number));
    }
    world.mounted = Layout::Spread;
    let rendering = world.render(&mut cache);
    assert!(rendering.rejections.iter().all(|one| &*one.object.namespace == "noisy"));
    assert!(!rendering.rejections.is_empty() && rendering.rejections.len() < 200);
    let message = &rendering.rejections[0].message;
    assert!(
        message.contains("a Secret holds 40000: namespace noisy has most of it"),
        "{message}"
    );
    assert!(rendering.job_files.iter().all(|(_, file)| file.len() <= 40_000));
    assert!(
        rendering.job_files.iter().any(|(_, file)| file.len() > 20_000),
        "as much as fits stays"
    );

    // Versions that read one file have them there.
    world.version = Version::new(2, 42, 0);
    let rendering = world.render(&mut cache);
    assert!(rendering.gzip.len() <= 40_000 && rendering.job_files.is_empty());
    assert!(rendering.rejections.iter().all(|one| &*one.object.namespace == "noisy"));
    let file = text(&rendering.gzip);
    assert_eq!(
        file.matches("job_name: serviceMonitor/team-").count(),
        60,
        "{}",
        &file[..file.len().min(2000)]
    );
}
