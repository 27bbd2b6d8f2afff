// Command site builds the console's static files, which a CDN or a laptop serves.
//
//	go run ./console/site -out build/console [-fast]
//
// The folder contains index.html, which is served for every address of the console; sw.js and
// manifest.webmanifest; web/ with everything else of the console; and reference/, the API reference. Files with a hash in their name never change and
// may be cached forever; all others must be revalidated. Compressible files also have a .br and a .gz
// version. The same sources give the same bytes.
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
