use formats::yaml::Place;

use super::*;

static RULE: Rule = Rule {
    id: "sample",
    severity: Severity::Error,
    why: "It does not work.",
    mend: "Take it out.",
};

fn written(format: Format) -> String {
    let report = Report {
        command: "lint",
        noun: "object",
        findings: vec![Finding {
            rule: &RULE,
            object: "Probe a/b".to_owned(),
            field: "spec.x".to_owned(),
            position: Some(Position {
                file: "a,b.yaml".to_owned(),
                place: Place { line: 3, column: 5 },
            }),
            message: "100% <wrong>\nhere".to_owned(),
            mend: None,
        }],
        objects: 2,
        rules: vec![&RULE],
    };
    let mut out = Vec::new();
    report.write(format, true, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn workflow_commands_escape_what_ends_them() {
    let expected =
        "::error file=a%2Cb.yaml,line=3,col=5,title=sample::Probe a/b spec.x: 100%25 <wrong>%0Ahere%0ATake it out.\n";
    assert_eq!(written(Format::Github), expected);
}

#[test]
fn xml_escapes_what_is_its_own() {
    let text = written(Format::Junit);
    assert!(
        text.contains("<testsuite name=\"a,b.yaml\" tests=\"1\" failures=\"1\">"),
        "{text}"
    );
    assert!(
        text.contains("message=\"100% &lt;wrong&gt;&#10;here\" type=\"error\""),
        "{text}"
    );
}

#[test]
fn documents_are_json() {
    let sarif: Value = serde_json::from_str(&written(Format::Sarif)).unwrap();
    let result = &sarif["runs"][0]["results"][0];
    assert_eq!(result["locations"][0]["physicalLocation"]["region"]["startLine"], 3);
    assert_eq!(result["level"], "error");
    let json: Value = serde_json::from_str(&written(Format::Json)).unwrap();
    assert_eq!(
        (&json["objects"], &json["findings"][0]["column"]),
        (&2.into(), &5.into())
    );
}

#[test]
fn people_see_colours() {
    let text = written(Format::Human);
    assert!(
        text.starts_with("\x1b[1ma,b.yaml:3:5\x1b[0m: \x1b[1;31merror[sample]\x1b[0m: Probe a/b spec.x: 100%"),
        "{text}"
    );
    assert!(text.ends_with("1 error, 0 warnings, 0 notes in 2 objects\n"), "{text}");
}
