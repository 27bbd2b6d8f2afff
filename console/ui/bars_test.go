package ui

import (
	"strings"
	"testing"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

func TestScaleIsRoundAndHoldsTheHighestBar(t *testing.T) {
	for most, want := range map[int]int{0: 4, 1: 4, 5: 8, 21: 40, 18_204: 20_000, 20_001: 40_000} {
		if got := scale(most); got != want || got < most || got%barsSteps != 0 {
			t.Errorf("%d: a scale of %d, want %d", most, got, want)
		}
	}
}

func TestChartSaysItsNumbersWithoutThePicture(t *testing.T) {
	html := app.HTMLString(Bars{
		Name: "12 valid", Series: []string{"Valid", "Over a limit"}, Mark: func(int) string { return "24 Nov" },
		Bars: []Bar{{Values: []int{10, 0}}, {Values: []int{2, 3}}},
	}.UI())
	for _, want := range []string{"12 valid", "Valid ", "12", "Over a limit ", "url(#striped)"} {
		if !strings.Contains(html, want) {
			t.Errorf("it lacks %q", want)
		}
	}
	if n := strings.Count(html, "24 Nov"); n != 2 {
		t.Errorf("%d marks below two bars", n)
	}
}
