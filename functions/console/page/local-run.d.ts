/** Whether the page is served by `npm start`: with an agent to try it, and without sign-in. Set when it is bundled. */
declare const LOCAL_RUN: boolean;
