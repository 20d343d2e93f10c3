// The words of parts that stand in several places.

export const JSON_EDITOR = {
  fault: (said: string, line: number | undefined) => {
    const sentence = `${said.charAt(0).toUpperCase()}${said.slice(1).replace(/\.$/, '')}`;
    return line === undefined ? `${sentence}.` : `Line ${line}: ${sentence}.`;
  },
  hint: 'JSON. Write dates, maps and the like as {"$type": "date", "value": …}.',
} as const;
