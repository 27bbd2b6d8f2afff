package main

import (
	"strings"
	"testing"
)

func TestLogsFollowOneFunctionOrAll(t *testing.T) {
	w := newWorld(t, "logged")
	w.must("up")
	programs(t, map[string]string{"sam": `[ "$1" = --version ] && echo SAM CLI, version 1.166.0 || echo "$@"`})
	for _, c := range []struct{ function, since, follow, want string }{
		{"", "", "", "logs --stack-name logged --region eu-central-1 --start-time 10min ago --tail"},
		{"keys/verify", "1hour", "no", "logs --stack-name logged --region eu-central-1 --start-time 1hour ago --name KeysVerifyFunction"},
		{"keys.verify", "", "no", "--name KeysVerifyFunction"},
		{"KeysVerifyFunction", "", "no", "--name KeysVerifyFunction"},
		{"jobs/purge", "", "", "--name JobsPurgeFunction --tail"},
	} {
		w.settings["FUNCTION"], w.settings["SINCE"], w.settings["FOLLOW"] = c.function, c.since, c.follow
		if out := w.must("logs"); !strings.Contains(out, c.want) {
			t.Errorf("%s runs sam %s, want %s", c.function, out, c.want)
		}
	}
	w.settings["FUNCTION"] = "keys/got"
	if _, err := w.run("logs", 0, false); err == nil || !strings.Contains(err.Error(), "FUNCTION is one of ") || !strings.Contains(err.Error(), "keys/get") {
		t.Errorf("an unknown function: %v", err)
	}
}
