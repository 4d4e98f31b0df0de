// Every page works without this file. It brings the design system's components to life.
import { initAll } from "/assets/nhsuk-frontend.js";

initAll();
