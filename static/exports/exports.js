/** The page of an accountant needs no script but the theme. */
import { mountPreferences } from "../ui/preferences.js";

mountPreferences();
