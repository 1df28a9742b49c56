/** Pictures for kinds of entries and actions, drawn in the colour of the text. */
const PATHS = {
  alert: "M12 3v10m0 4v.5M12 21a9 9 0 1 1 0-18 9 9 0 0 1 0 18Z",
  chat: "M4 5h16v11H10l-5 4v-4H4Z",
  phone:
    "M6 3h3l2 5-2.5 1.7a12 12 0 0 0 5.8 5.8L16 13l5 2v3a3 3 0 0 1-3 3A15 15 0 0 1 3 6a3 3 0 0 1 3-3Z",
  callback: "M12 7v5l3 2M12 21a9 9 0 1 1 0-18 9 9 0 0 1 0 18Z",
  visitor: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8Zm-8 8c0-4 3.5-6 8-6s8 2 8 6",
  sound: "M4 10v4h4l5 4V6L8 10Zm12-1a4 4 0 0 1 0 6m2.5-9a8 8 0 0 1 0 12",
  silence: "M4 10v4h4l5 4V6L8 10Zm12 0 4 4m0-4-4 4",
  back: "M15 5l-7 7 7 7",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}

export function Priority({ value }: { value: number }) {
  const grade = value === 0 ? "none" : value >= 7 ? "high" : value >= 4 ? "middle" : "low";
  return (
    <span class={`priority ${grade}`} title={`Priority ${value} of 9`}>
      <span class="spoken">Priority </span>
      {value}
    </span>
  );
}
