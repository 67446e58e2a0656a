//! A plot of one value over the number of objects, both on logarithmic scales, as SVG. Pure.

use std::error::Error;

use plotters::prelude::*;

/// Of the picture, in pixels.
const SIZE: (u32, u32) = (720, 400);
const COLOURS: [RGBColor; 2] = [RGBColor(0x1f, 0x77, 0xb4), RGBColor(0xd6, 0x27, 0x28)];

/// One program's values.
pub(super) struct Line {
    pub(super) name: &'static str,
    /// Number of objects, and the value.
    pub(super) points: Vec<(u32, f64)>,
}

/// A picture.
pub(super) struct Plot {
    pub(super) title: &'static str,
    pub(super) unit: &'static str,
    pub(super) lines: Vec<Line>,
}

impl Plot {
    /// The picture as SVG.
    pub(super) fn svg(&self) -> String {
        let mut svg = String::new();
        self.draw(&mut svg).expect("a string takes every picture");
        // As generated files end.
        svg.trim_end().to_owned() + "\n"
    }

    fn draw(&self, svg: &mut String) -> Result<(), Box<dyn Error>> {
        let area = SVGBackend::with_string(svg, SIZE).into_drawing_area();
        area.fill(&WHITE)?;
        let ((x_least, x_most), (y_least, y_most)) = self.ranges();
        let mut chart = ChartBuilder::on(&area)
            .caption(format!("{} ({})", self.title, self.unit), ("sans-serif", 18))
            .margin(14)
            .x_label_area_size(40)
            .y_label_area_size(64)
            .build_cartesian_2d((x_least..x_most).log_scale(), (y_least..y_most).log_scale())?;
        chart
            .configure_mesh()
            .x_desc("ServiceMonitors")
            .x_label_formatter(&|value| format!("{value:.0}"))
            .y_label_formatter(&|value| format!("{value}"))
            .draw()?;
        for (line, colour) in self.lines.iter().zip(COLOURS) {
            let points: Vec<(f64, f64)> = line.points.iter().map(|&(x, y)| (f64::from(x), y)).collect();
            chart
                .draw_series(LineSeries::new(points.clone(), colour.stroke_width(2)))?
                .label(line.name)
                .legend(move |(x, y)| PathElement::new(vec![(x, y), (x + 20, y)], colour.stroke_width(2)));
            chart.draw_series(points.into_iter().map(|point| Circle::new(point, 3, colour.filled())))?;
        }
        chart
            .configure_series_labels()
            .position(SeriesLabelPosition::UpperLeft)
            .background_style(WHITE.mix(0.8))
            .border_style(BLACK)
            .draw()?;
        area.present()?;
        Ok(())
    }

    /// The ranges of both axes, with some air.
    fn ranges(&self) -> ((f64, f64), (f64, f64)) {
        let points = || self.lines.iter().flat_map(|line| &line.points);
        let range = |values: &mut dyn Iterator<Item = f64>| {
            let (least, most) = values.fold((f64::MAX, 0.0_f64), |(least, most), value| {
                (least.min(value), most.max(value))
            });
            (least.min(most).max(0.001) / 1.5, most.max(0.002) * 1.5)
        };
        let (mut x, mut y) = (points().map(|&(x, _)| f64::from(x)), points().map(|&(_, y)| y));
        (range(&mut x), range(&mut y))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_drawn_and_named() {
        let line = |name, value| Line {
            name,
            points: vec![(500, value), (5000, value * 3.0)],
        };
        let plot = Plot {
            title: "Memory",
            unit: "MB",
            lines: vec![line("one", 40.0), line("two", 400.0)],
        };
        let svg = plot.svg();
        assert!(svg.starts_with("<svg") && svg.ends_with("</svg>\n"));
        assert_eq!(svg.matches("<circle").count(), 4);
        for text in ["Memory (MB)", "one", "two", "ServiceMonitors"] {
            assert!(svg.contains(text), "{text}");
        }
    }
}
