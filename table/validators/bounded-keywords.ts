import { _, Name } from 'ajv/dist/2020.js';
import type { Ajv2020, KeywordCxt } from 'ajv/dist/2020.js';
import { areUnique } from './are-unique.ts';
import { ELEMENT, FAULTS_ENOUGH } from './element-keyword.ts';

/** What a text of a validator made ahead asks for in place of a package: what compares elements. */
export const UNIQUE_MODULE = 'gw:are-unique';

/** Ajv's name for its count of faults in the code of a validator. */
const ERRORS = new Name('errors');

/**
 * Gives an Ajv the keywords that bound its work by the length of a value, whoever wrote the schema. Ajv's own
 * look at every element however many faults there are, copying all of them for each element that a reference
 * describes, and compare each element with each other: a mebibyte of body took it seconds, or minutes.
 *
 * `gwElement` must stand directly under a keyword that goes over elements: once an element has faults, and there
 * are enough, it ends that loop. What it leaves out could not make the value right.
 */
export function addBoundedKeywords(ajv: Ajv2020): void {
  ajv.addKeyword({
    keyword: ELEMENT,
    schemaType: ['object', 'boolean'],
    code: (context: KeywordCxt) => {
      const { gen } = context;
      const valid = gen.name('valid');
      context.subschema({ keyword: ELEMENT }, valid);
      gen.if(_`!${valid} && ${ERRORS} > ${FAULTS_ENOUGH}`, () => gen.break());
    },
  });
  ajv.removeKeyword('uniqueItems').addKeyword({
    keyword: 'uniqueItems',
    type: 'array',
    schemaType: 'boolean',
    code: (context: KeywordCxt) => {
      if (context.schema !== true) return;
      const unique = context.gen.scopeValue('func', {
        ref: areUnique,
        code: _`require(${UNIQUE_MODULE}).areUnique`,
      });
      context.pass(_`${unique}(${context.data})`);
    },
  });
}
