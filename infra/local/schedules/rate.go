package schedules

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

var units = map[string]time.Duration{"minute": time.Minute, "hour": time.Hour, "day": 24 * time.Hour}

// Rate returns the interval of a schedule expression such as rate(5 minutes), as EventBridge writes it. Any other
// expression is an error: the template uses no cron(…) and no at(…), so the laptop does not run them.
func Rate(expression string) (time.Duration, error) {
	wrong := func(why string) (time.Duration, error) {
		return 0, fmt.Errorf("the schedule %q: %s", expression, why)
	}
	argument, isRate := strings.CutPrefix(expression, "rate(")
	argument, closed := strings.CutSuffix(argument, ")")
	if !isRate || !closed {
		return wrong("the laptop runs only rates, such as rate(5 minutes); add the times of a cron(…) or at(…) to infra/local/schedules first")
	}
	number, unit, _ := strings.Cut(argument, " ")
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 {
		return wrong("a rate is a whole number above 0 and minutes, hours or days")
	}
	length, ok := units[strings.TrimSuffix(unit, "s")]
	if !ok || (n == 1) == strings.HasSuffix(unit, "s") { // EventBridge insists: 1 minute, 2 minutes
		return wrong("write 1 minute, 5 minutes, 2 hours or 7 days")
	}
	return time.Duration(n) * length, nil
}
