// Command site builds the console's static files: what an edge, a CDN or a laptop serves.
//
//	go run ./console/site -out build/console [-fast]
//
// The folder then holds index.html, which answers every address of the console; sw.js and
// manifest.webmanifest beside it; and web/ with everything else. Files whose name holds a hash never
// change and may be cached for good; all others have to be asked for again. Beside a file that
// compresses lie its .br and its .gz. The same sources give the same bytes.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
)

func main() {
	out := flag.String("out", "", "folder to write; what it holds is replaced")
	fast := flag.Bool("fast", false, "compress little: for the laptop, not for a deployment")
	flag.Parse()
	if *out == "" || flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := build(ctx, *out, *fast); err != nil {
		fmt.Fprintf(os.Stderr, "build the console: %v\n", err)
		os.Exit(1)
	}
}
