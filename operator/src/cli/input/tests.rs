use formats::yaml::Step;

use super::*;

fn input(text: &str) -> Input {
    let mut input = Input::default();
    input.add("a.yaml".to_owned(), text.to_owned(), "team");
    input
}

fn place(input: &Input, object: usize, path: &[&str]) -> (usize, usize) {
    let steps: Vec<Step> = path.iter().map(|field| Step::Field((*field).to_owned())).collect();
    let wanted = [(input.objects[object].origin.as_ref(), steps.as_slice())];
    let position = input.positions(&wanted).remove(0).unwrap();
    assert_eq!(position.file, "a.yaml");
    (position.place.line, position.place.column)
}

#[test]
fn documents_and_lists_keep_their_places() {
    let text = "# first\napiVersion: v1\nkind: Secret\nmetadata: {name: a}\n---\n\n---\napiVersion: v1\nkind: List\nitems:\n\
                - apiVersion: v1\n  kind: ConfigMap\n  metadata:\n    name: b\n    namespace: own\n--- \n{\"apiVersion\": \"v1\", \
                \"kind\": \"SecretList\",\n \"items\": [{\"metadata\": {\"name\": \"c\"}}]}\n";
    let input = input(text);
    let told: Vec<String> = input
        .objects
        .iter()
        .map(|object| format!("{} {}", object.kind, object.key))
        .collect();
    assert_eq!(told, ["Secret team/a", "ConfigMap own/b", "Secret team/c"]);
    assert_eq!(place(&input, 0, &["metadata", "name"]), (4, 12));
    assert_eq!(place(&input, 1, &["metadata", "namespace"]), (15, 5));
    assert_eq!(place(&input, 1, &["data"]), (11, 3));
    assert_eq!(place(&input, 2, &["metadata", "name"]), (18, 26));
}

#[test]
fn what_is_no_yaml_is_a_fault_of_its_document_alone() {
    let input = input("a: [\n---\napiVersion: v1\nkind: Secret\nmetadata: {name: a}\n---\nx: 1\nx: 2\n");
    assert_eq!(input.objects.len(), 1);
    let lines: Vec<usize> = input.faults.iter().map(|fault| fault.position.place.line).collect();
    assert_eq!(lines, [1, 8]);
}

#[test]
fn scalars_are_those_of_kubectl() {
    let input = input("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {1: on, t: 'on', f: 0x1f}\n");
    assert_eq!(
        input.objects[0].value["data"],
        serde_json::json!({"1": true, "t": "on", "f": 31})
    );
}
