// Command load verifies access keys with the real functions of `make run`, and checks every response: a wrong one
// ends it with exit status 1. It prints the throughput, the latencies and the memory of the function.
//
//	make load           ten seconds over 1 connection, and ten over 32
//	make load SOAK=5m   twenty a second for five minutes: memory must stay flat
//
// It is a module of its own, so that the load generator is not a dependency of what is deployed. It uses the HTTP API
// only.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"
)

const (
	keyCount = 100             // the number of keys, verified in turn
	warmUp   = 2 * time.Second // responses are checked, but not measured
	soakRate = 20              // verifications per second
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	root := flag.String("root", ".", "the `folder` of the repository, whose build/tools/local is run")
	each := flag.Duration("each", 10*time.Second, "how long to run for each number of connections")
	soak := flag.Duration("soak", 0, "instead, run slowly for this long, and measure memory")
	flag.Parse()
	if err := run(ctx, *root, *each, *soak); err != nil {
		fmt.Fprintln(os.Stderr, "load: "+err.Error())
		os.Exit(1)
	}
}

func run(ctx context.Context, root string, each, soak time.Duration) error {
	l, err := startLaptop(ctx, root)
	if err != nil {
		return err
	}
	defer l.stop()
	targets, err := l.verifications(ctx, keyCount)
	if err != nil {
		return err
	}
	if soak > 0 {
		return l.soak(ctx, targets, soak)
	}
	fmt.Println("| connections | verifications | per second | p50 | p95 | p99 | wrong responses | environments | memory of each |")
	fmt.Println("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
	for _, connections := range []int{1, 32} {
		unlimited := vegeta.ConstantPacer{}
		if _, err := attack(ctx, targets, unlimited, connections, warmUp); err != nil {
			return err
		}
		m, err := attack(ctx, targets, unlimited, connections, each)
		if err != nil {
			return err
		}
		memory := l.memory()
		fmt.Printf("| %d | %d | %.0f | %s | %s | %s | 0 | %d | %s |\n", connections, m.Requests, m.Throughput,
			m.Latencies.P50.Round(10*time.Microsecond), m.Latencies.P95.Round(10*time.Microsecond), m.Latencies.P99.Round(10*time.Microsecond), len(memory), megabytes(memory))
	}
	return nil
}

// soak sends requests at a low rate, and prints the memory of the function's environments over time.
func (l *laptop) soak(ctx context.Context, targets vegeta.Targeter, d time.Duration) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		begun := time.Now()
		for tick := time.Tick(d / 10); ; {
			select {
			case <-ctx.Done():
				return
			case <-tick:
				fmt.Printf("%6s  %s\n", time.Since(begun).Round(time.Second), megabytes(l.memory()))
			}
		}
	}()
	if _, err := attack(ctx, targets, vegeta.Rate{Freq: soakRate, Per: time.Second}, 1, warmUp); err != nil {
		return err
	}
	fmt.Printf("%6s  %s\n", "0s", megabytes(l.memory()))
	m, err := attack(ctx, targets, vegeta.Rate{Freq: soakRate, Per: time.Second}, 1, d)
	if err == nil {
		fmt.Printf("%d verifications, none of them wrong; p50 %s\n", m.Requests, m.Latencies.P50.Round(10*time.Microsecond))
	}
	return err
}

// attack sends the targets for the duration, at the given pace and over the given number of connections, and checks
// each response. It returns an error for a wrong response, or if there was none.
func attack(ctx context.Context, targets vegeta.Targeter, pace vegeta.Pacer, connections int, d time.Duration) (*vegeta.Metrics, error) {
	n := uint64(connections)
	a := vegeta.NewAttacker(vegeta.Workers(n), vegeta.MaxWorkers(n), vegeta.Connections(connections), vegeta.MaxConnections(connections), vegeta.Timeout(10*time.Second))
	defer a.Stop()
	context.AfterFunc(ctx, func() { a.Stop() })
	m := new(vegeta.Metrics)
	var wrong error
	for r := range a.Attack(targets, pace, d, "verify") {
		m.Add(r)
		if err := check(r); err != nil && wrong == nil && ctx.Err() == nil {
			wrong = err
			a.Stop()
		}
	}
	m.Close()
	return m, errors.Join(wrong, ctx.Err())
}

// check returns an error unless the response is the verdict of a valid key.
func check(r *vegeta.Result) error {
	var verdict struct {
		Valid bool   `json:"valid"`
		Code  string `json:"code"`
	}
	if err := json.Unmarshal(r.Body, &verdict); err != nil || r.Code != 200 || !verdict.Valid || verdict.Code != "VALID" {
		return fmt.Errorf("a valid key returned %d %s %s", r.Code, r.Error, bytes.TrimSpace(r.Body))
	}
	return nil
}
