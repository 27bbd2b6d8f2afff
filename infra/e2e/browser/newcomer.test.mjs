// The newcomer's path on a laptop.
import { newcomer } from "./newcomer.mjs";

newcomer();
