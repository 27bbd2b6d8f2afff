// Command load verifies access keys against the laptop, through the real functions, and checks every
// answer: a wrong one ends it with 1. It says how fast that went, and what memory the function took.
//
//	make load           ten seconds over 1 connection, and ten over 32
//	make load SOAK=5m   twenty a second for so long: memory has to stay flat
//
// It is a module of its own: the load generator and what that needs are no business of what is deployed.
// So it knows the product by HTTPS alone.
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
	keyCount = 100             // that are verified in turn
	warmUp   = 2 * time.Second // whose answers are checked and not measured
	soakRate = 20              // verifications a second
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	root := flag.String("root", ".", "the repository, whose build/tools/local is run")
	each := flag.Duration("each", 10*time.Second, "how long each number of connections is held")
	soak := flag.Duration("soak", 0, "how long to go on slowly instead, and watch the memory")
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
	fmt.Println("| connections | verifications | a second | p50 | p95 | p99 | wrong | environments | their memory |")
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

// soak holds a low rate, and prints the memory of the function's environments as time goes by.
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

// attack sends the targets for the duration, by the pacer and over so many connections, and checks each
// answer. One that is wrong, or none at all, ends it.
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

// check wants the verdict of a good key.
func check(r *vegeta.Result) error {
	var verdict struct {
		Valid bool   `json:"valid"`
		Code  string `json:"code"`
	}
	if err := json.Unmarshal(r.Body, &verdict); err != nil || r.Code != 200 || !verdict.Valid || verdict.Code != "VALID" {
		return fmt.Errorf("a good key is answered %d %s %s", r.Code, r.Error, bytes.TrimSpace(r.Body))
	}
	return nil
}
