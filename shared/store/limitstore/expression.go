package limitstore

import (
	"strings"

	"github.com/arxkeys/arxkeys/shared/keys"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// turn is the effect of a charge on the rate limit's window.
type turn int

const (
	goesOn  turn = iota // counts in the current window
	begins              // starts a new window
	follows             // starts the window after one that was observed for its whole length
)

// expression returns the one update that charges both limits, on the conditions of both.
func expression(c keys.Charge, t turn, seen sight) table.Expression {
	e := table.Expression{Names: map[string]string{}, Values: table.Item{}}
	var set, add, conditions []string
	if c.Rate != nil {
		start, _ := c.Rate.Window(c.At)
		e.Names["#window"], e.Names["#length"], e.Names["#passed"], e.Names["#last"] = window, length, passed, last
		e.Values.SetTime(":start", start)
		e.Values.SetTime(":now", c.At)
		e.Values.SetInt(":length", c.Rate.WindowSeconds)
		e.Values.SetInt(":one", 1)
		set = append(set, "#last = :now")
		if t != goesOn {
			set = append(set, "#window = :start", "#length = :length", "#passed = :one")
		}
		switch t {
		case follows:
			e.Values.SetTime(":start", seen.next(*c.Rate, c.At))
			e.Values.SetTime(":seen", seen.start)
			e.Values.SetInt(":seenlength", seen.length)
			conditions = append(conditions, "#window = :seen AND #length = :seenlength")
		case begins:
			conditions = append(conditions, "(attribute_not_exists(#window) OR #window < :start AND (#length = :length OR #last < :start))")
		default:
			add = append(add, "#passed :one")
			e.Values.SetInt(":limit", c.Rate.Limit)
			conditions = append(conditions, "(#window >= :start OR #length <> :length AND #last >= :start)", "#passed < :limit")
		}
	}
	if c.Uses != nil {
		e.Names["#used"] = used
		e.Values.SetInt(":cost", c.Cost)
		most := *c.Uses - c.Cost // most uses before this charge; negative if the charge can never fit
		e.Values.SetOptionalInt(":most", &most)
		add = append(add, "#used :cost")
		if most >= 0 {
			conditions = append(conditions, "(attribute_not_exists(#used) OR #used <= :most)")
		} else {
			conditions = append(conditions, "#used <= :most")
		}
	}
	if len(set) > 0 {
		e.Update = "SET " + strings.Join(set, ", ")
	}
	if len(add) > 0 {
		e.Update += " ADD " + strings.Join(add, ", ")
	}
	e.Condition = strings.Join(conditions, " AND ")
	return e
}
