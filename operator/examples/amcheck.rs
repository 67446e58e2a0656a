use std::io::BufRead;
fn main() {
    for line in std::io::stdin().lock().lines() {
        let text: String = serde_json::from_str(&line.unwrap()).unwrap();
        match operator::alertmanager::config::base::check_unchanged(text.as_bytes(), operator::versions::ALERTMANAGER, shared::matcher::Mode::Fallback) {
            Ok(_) => println!("null"),
            Err(error) => println!("{}", serde_json::to_string(&error.to_string()).unwrap()),
        }
    }
}
