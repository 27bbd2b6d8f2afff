package ui

import (
	"strings"
	"testing"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

func TestScaleIsRoundAndHoldsTheHighestBar(t *testing.T) {
	for most, want := range map[int]int{
		0: 4, 1: 4, 4: 4, 5: 8, 7: 8, 8: 12, 21: 24, 23: 24, 24: 40, 97: 100, 99: 120, 4_900: 5_000, 9_800: 10_000, 9_900: 12_000, 18_204: 20_000, 20_001: 24_000, 1_150_000: 1_200_000,
	} {
		if got := scale(most); got != want || got < most || got%barsSteps != 0 {
			t.Errorf("%d: a scale of %d, want %d", most, got, want)
		}
	}
	for n, want := range map[int]string{250: "250", 1_250: "1.25k", 2_500: "2.5k", 10_000: "10k", 1_234: "1,234", 1_250_000: "1.25M"} {
		if got := short(n); got != want {
			t.Errorf("%d is shortened to %s, want %s", n, got, want)
		}
	}
}

func TestChartSaysItsNumbersWithoutThePicture(t *testing.T) {
	chart := &Bars{
		Name: "12 valid", Unit: "Day", Series: []string{"Valid", "Over a limit"},
		Bars: []Bar{{Title: "Monday", Start: time.Date(2026, 11, 22, 23, 0, 0, 0, time.UTC), Label: "23 Nov", Values: []int{10, 0}, Note: "0% refused"}, {Title: "Tuesday", Values: []int{2, 3}, Note: "60% refused"}},
	}
	shows := func(want ...string) {
		t.Helper()
		html := app.HTMLString(chart.Render())
		for _, text := range want {
			if !strings.Contains(html, text) {
				t.Errorf("it lacks %q", text)
			}
		}
	}
	shows("12 valid", "Valid ", "12", "Over a limit ", "url(#striped)", "23 Nov", "Tuesday: Valid 2, Over a limit 3")
	if html := app.HTMLString(chart.Render()); strings.Contains(html, "refused") {
		t.Error("a bar tells its figures before anybody asks")
	}
	if labels := len(chart.labels()); labels != 2 {
		t.Errorf("%d cells for labels under two bars", labels)
	}
	chart.at = 1
	shows("Monday: Valid 10, Over a limit 0", "0% refused", "From 2026-11-22 23:00:00 UTC")
}
